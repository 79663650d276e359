"""Telling the type checker, and whoever is wrong about it, that a value is there."""

from typing import TypeVar

T = TypeVar("T")


def present(value: T | None) -> T:
    """Return a value that must be there. Raises TypeError: a missing one is a defect of the program."""
    if value is None:
        raise TypeError("a value is missing that must be there")
    return value
