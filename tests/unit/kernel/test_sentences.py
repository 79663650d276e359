"""W1: a kept sentence is its message id with its values apart; every other text stands for itself."""

import pytest
from hypothesis import given, strategies as st

from app.kernel.sentences import parts_of, sentence


@given(st.text(), st.dictionaries(st.text(min_size=1).filter(str.isidentifier), st.text()))
def test_what_was_kept_is_read_again(message: str, params: dict[str, str]) -> None:
    message = message.replace("\x1f", "")
    kept = sentence(message.replace("\x1f", ""), **{k: v for k, v in params.items() if k != "message"})
    assert parts_of(kept) == (message, {k: v for k, v in params.items() if k != "message"})


@pytest.mark.parametrize("text", ["", "王一", "a\x1fb", 'a\x1f["b"]', "a\x1f", "100%"])
def test_what_people_typed_stands_for_itself(text: str) -> None:
    assert parts_of(text) == (text, {})
