"""What the codes in a column mean: known ones with their names, and those that a form offers."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask_babel import gettext


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes and their names. `labels`: every known code in the order of offering, named in the reader's language.

    `offered`: those that may be chosen anew (None: all). `dictionary`: the kind of dictionary that they are of; the
    session then refuses to write any other.
    """

    labels: Callable[[], Mapping[str, str]]
    offered: Callable[[], Collection[str]] | None = None
    dictionary: str = ""

    def label(self, code: str) -> str:
        """Return a code's name; the code itself where nobody knows it any more."""
        return self.labels().get(code, code)

    def choices(self, *, current: str | None = None) -> list[tuple[str, str]]:
        """(code, name) of what a form offers, and of what stands there now."""
        names = self.labels()
        offered = names.keys() if self.offered is None else self.offered()
        found = [(code, name) for code, name in names.items() if code in offered or code == current]
        if current and current not in names:
            found.append((current, current))
        return found

    def allows(self, code: str, *, current: str | None = None) -> bool:
        """Whether a code may be written where `current` stands."""
        return code == current or code in (self.labels() if self.offered is None else self.offered())


def named(source: Callable[[], Mapping[str, str]]) -> Codes:
    """Codes whose names are message ids."""
    return Codes(lambda: {code: gettext(label) for code, label in source().items()})
