"""Report what is wrong in a declaration: file, class, field, and the nearest name that would be right."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FEW = 8  # so many names are listed where none is near


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake: the file that it stands in, the declaration (`Room.__about__.order`), and what is wrong."""

    file: str
    declaration: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.declaration}: {self.text}"


class DeclarationError(Exception):
    """Declarations that name what does not exist, or one thing twice; says all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults."""
        self.faults = tuple(faults)
        super().__init__("\n".join(["what is declared does not fit together:", *map(str, self.faults)]))


def file_of(declared: Any) -> str:
    """Return the file of a class or function, from the project's root."""
    module = sys.modules.get(declared.__module__)
    path = Path(getattr(module, "__file__", None) or declared.__module__)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that there is no such name, and which one is near."""
    names = sorted(set(known))
    lowered = {one.lower(): one for one in names}
    near = get_close_matches(name.lower(), lowered, 1)
    if near:
        return f'no {kind} "{name}"; did you mean "{lowered[near[0]]}"?'
    listed = f"; there are: {', '.join(names)}" if 0 < len(names) <= FEW else ""
    return f'no {kind} "{name}"{listed}'
