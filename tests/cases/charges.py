"""Match the charge rows that a case lists with the charges that are there."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.cases.language.reader import stated

from .language.expect import ChargeRow
from .protocol import ChargeFacts

_FIELDS = {"from": "start", "to": "end"}


def compare_charges(*, rows: Sequence[ChargeRow], only: bool, charges: Sequence[ChargeFacts]) -> list[str]:
    """The differences: a listed row without a charge of its own, and with `only` a charge without a row."""
    taken = _matching(rows, charges)
    free = [charge for index, charge in enumerate(charges) if index not in taken.values()]
    lines = []
    for index, row in enumerate(rows):
        if index not in taken:
            lines.append(f"charges[{index}]: {_explain(row, free or charges)}")
    if only:
        lines += [f"charges: not listed, but there: {shown(charge)}" for charge in free]
    return lines


def shown(charge: ChargeFacts) -> str:
    """A charge on one line, in the language's keys."""
    values = {key: value_of(charge, key) for key in ("room", "fee", "period", "from", "to", *_MONEY)}
    return " ".join(f"{key}={value}" for key, value in values.items())


_MONEY = ("quantity", "price", "gross", "waived", "amount", "paid", "due")


def value_of(charge: ChargeFacts, key: str) -> Any:
    """What the charge has under a key of the language."""
    return getattr(charge, _FIELDS.get(key, key))


def same(found: Any, wanted: Any) -> bool:
    """Equal, and exact: a figure that passed through a float is wrong even when it looks right."""
    return not isinstance(found, float) and bool(found == wanted)


def _differences(row: ChargeRow, charge: ChargeFacts) -> list[str]:
    wanted = stated(row)
    return [
        f"{key} is {value_of(charge, key)}, expected {value}"
        for key, value in wanted.items()
        if not same(value_of(charge, key), value)
    ]


def _matching(rows: Sequence[ChargeRow], charges: Sequence[ChargeFacts]) -> dict[int, int]:
    """Give as many rows as possible a charge each, none twice (augmenting paths)."""
    fits = [[c for c, charge in enumerate(charges) if not _differences(row, charge)] for row in rows]
    owner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for charge in fits[row]:
            if charge not in seen:
                seen.add(charge)
                if charge not in owner or place(owner[charge], seen):
                    owner[charge] = row
                    return True
        return False

    for row in range(len(rows)):
        place(row, set())
    return {row: charge for charge, row in owner.items()}


def _explain(row: ChargeRow, charges: Sequence[ChargeFacts]) -> str:
    """Why the row has no charge: how the nearest one differs, names before amounts."""
    wanted = " ".join(f"{key}={value}" for key, value in stated(row).items())
    if not charges:
        return f"no charge for {wanted}; there is none left"

    def distance(charge: ChargeFacts) -> tuple[int, int]:
        wrong = [key for key, value in stated(row).items() if not same(value_of(charge, key), value)]
        return sum(not isinstance(getattr(row, _FIELDS.get(key, key)), Decimal) for key in wrong), len(wrong)

    nearest = min(charges, key=distance)
    names_wrong, wrong = distance(nearest)
    if names_wrong:
        return f"no charge for {wanted}; nearest is {shown(nearest)}"
    if not wrong:
        return f"no second charge for {wanted}"
    return f"{wanted}: " + "; ".join(_differences(row, nearest))
