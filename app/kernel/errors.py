"""The one way the product tells a person that something cannot be done."""

from typing import Any, ClassVar


def N_(message: str) -> str:  # noqa: N802 (the name that gettext and Babel know)
    """Mark `message` (Chinese) for the translation catalog; returns it unchanged."""
    return message


class DomainError(Exception):
    """A refusal that speaks to the person at the page.

    A subclass gives a `code` (stable, for tests and APIs) and a Chinese `message` that says what to do.
    The message may hold `%(name)s` places; their values come as keyword arguments and stay apart from the
    text, so that the showing layer can translate it. `field` names the form field that it belongs beside.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = N_("不能这样做。")

    def __init__(self, *, field: str | None = None, **params: Any) -> None:
        self.field = field
        self.params = params
        super().__init__(self.text())

    def text(self) -> str:
        """Return the Chinese sentence with its values filled in."""
        return self.message % self.params if self.params else self.message
