"""Where in a case file something stands, so that every complaint can name it."""

from dataclasses import dataclass, replace


class CaseError(Exception):
    """A case file that does not speak the language; the text names the file and the path in it."""


@dataclass(frozen=True)
class Place:
    """A file and a path in it, such as `steps[3].pay.amount`."""

    file: str
    path: str = ""

    def key(self, name: object) -> "Place":
        """The place of the key `name` below this one."""
        return replace(self, path=f"{self.path}.{name}" if self.path else str(name))

    def item(self, index: int) -> "Place":
        """The place of the list item `index` (from 0) below this one."""
        return replace(self, path=f"{self.path}[{index}]")

    def error(self, reason: str) -> CaseError:
        """A `CaseError` that says where, and why."""
        return CaseError(f"{self}: {reason}")

    def __str__(self) -> str:
        return f"{self.file}: {self.path or '(top)'}"
