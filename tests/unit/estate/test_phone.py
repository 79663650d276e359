"""What counts as a telephone that somebody can be called at."""

import pytest

from app.kernel.phones import NotAPhone, read_phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13911112222", "13911112222"),
        (" 139 1111 2222 ", "13911112222"),
        ("+86 139-1111-2222", "+86139-1111-2222"),
        ("\uff11\uff13911112222", "13911112222"),
        ("\uff080571\uff098888666", "\uff080571\uff098888666"),
        ("8888666", "8888666"),
        ("(0571) 8888666 转 802", "(0571)8888666转802"),
        ("13911112222、0571-8888666", "13911112222、0571-8888666"),
        ("1" * 20, "1" * 20),
    ],
)
def test_a_telephone_is_kept_without_blanks(typed: str, kept: str) -> None:
    assert read_phone(text=typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["abc", "没有", "-", "+", "110", "123456", "1" * 21, "13911112222x", "13911112222、", "1391111222２a"],
)
def test_what_nobody_could_call_is_refused(typed: str) -> None:
    with pytest.raises(NotAPhone) as refused:
        read_phone(text=typed)
    assert refused.value.field == "phone"


def test_nothing_is_nothing_and_what_stands_stays() -> None:
    assert read_phone(text="  ") is None
    assert read_phone(text="无 ", stands="无") == "无"
