"""What is there is given back; what is missing is a defect."""

import pytest

from app.kernel.presence import present


@pytest.mark.parametrize("value", [0, "", False, (), "甲"])
def test_what_is_there_is_given_back_even_when_it_is_empty(value: object) -> None:
    assert present(value) is value


def test_what_is_missing_is_a_defect() -> None:
    with pytest.raises(TypeError):
        present(None)
