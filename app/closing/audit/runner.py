"""Every law of the books, one after the other, and what breaks them in words."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.closing.audit import accounts, charges, handovers, receipts
from app.closing.audit.check import Within
from app.closing.audit.number_sequences import Found, wrong_numbers
from app.closing.audit.periods import wrong_months
from app.closing.audit.report_equations import wrong_equations
from app.closing.audit.snapshots import wrong_kept
from app.estate.models import Community
from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.kernel.money import format_money

CHECKS = (*charges.CHECKS, *receipts.CHECKS, *accounts.CHECKS, *handovers.CHECKS)
READERS: tuple[tuple[str, Callable[[Session, Within], Iterator[Found]]], ...] = (
    ("%(document)s", wrong_numbers),
    (N_("账期 %(document)s"), wrong_months),
    (N_("账期 %(document)s"), wrong_kept),
    (N_("账期 %(document)s"), wrong_equations),
)
Row = tuple[str, int, Mapping[str, Any]]
"""(sentence, community, its values)."""
MOST = 1000
"""Breaches told of one law: a table that is wholly wrong need not be told row by row."""
MORE = N_("还有更多同样的问题，只列出前 %(count)s 处。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """Something that does not hold: which law, in which community, of which paper, and what is wrong."""

    code: str
    community_id: int
    community: str
    paper: str
    message: str

    def __str__(self) -> str:
        return f"{self.community} {self.paper}：{self.message}"


def check_books(
    *, session: Session, communities: Collection[int] | None = None, whole: bool = False
) -> list[Breach]:
    """Return what does not hold in the books of these communities (None: all in reach), in the reader's language.

    Reads whole tables, a statement a law, and the month-end reports; `whole`: every month of arrears and their ageing
    too, which takes a second a month and million charges. Writes nothing. Empty: everything is proved.
    """
    within = Within(communities, whole)
    names: dict[int, str] = dict(session.execute(select(Community.id, Community.name)).all())
    found: list[Breach] = []
    for one in CHECKS:
        rows = session.execute(one.find(within).limit(MOST + 1)).mappings()
        those = [(one.message, int(row["community_id"]), dict(row)) for row in rows]
        found += _breaches(names, one.code, one.paper, those)
    for paper, reader in READERS:
        by_code: dict[str, list[Row]] = {}
        for code, message, community_id, values in reader(session, within):
            by_code.setdefault(code, []).append((message, community_id, values))
        for code, broken in by_code.items():
            found += _breaches(names, code, paper, broken)
    return found


def _breaches(names: Mapping[int, str], code: str, paper: str, rows: Sequence[Row]) -> Iterator[Breach]:
    for message, community_id, values in rows[:MOST]:
        said = {name: _format_value(value) for name, value in values.items()}
        yield Breach(
            code=code,
            community_id=community_id,
            community=names.get(community_id, str(community_id)),
            paper=_(paper, **said),
            message=_(message, **said),
        )
    if len(rows) > MOST:
        yield Breach(code=code, community_id=rows[0][1], community="", paper="…", message=_(MORE, count=MOST))


def _format_value(value: Any) -> str:
    match value:
        case Decimal():
            return format_money(value)
        case LabelledEnum():
            return _(value.label)
    return str(value)
