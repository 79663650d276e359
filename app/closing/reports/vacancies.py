"""空置房: the approved vacancies of the month, and what each waived of the charges posted in it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, Vacancy
from app.billing.states import ApprovalState
from app.closing.queries.names import Names, keys_of
from app.closing.reports.columns import BUILDING, COMMUNITY, FEE, PLACE, day, money
from app.closing.rules.relief import ELSEWHERE, ApprovedVacancy, Days, shares
from app.estate.models import Room, RoomArea
from app.kernel.errors import N_
from app.kernel.money import AREA_SCALE, PRICE_SCALE
from app.lowcode.fields import Field
from app.lowcode.reports.declaration import Equation, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.drilldown import FigureRow, document_url, rows_url
from app.lowcode.types import raw

AT_ONCE = 5000  # rooms in one statement
FIELDS = (
    COMMUNITY,
    BUILDING,
    PLACE,
    Field(N_("面积"), "number", name="area", width=10, scale=AREA_SCALE, unit="㎡"),
    FEE,
    day("starts", N_("空置起")),
    day("ends", N_("空置止")),
    Field(N_("系数"), "number", name="factor", width=8, scale=PRICE_SCALE),
    money("waived", N_("月减免额")),
)


def _lines(session: Session, scope: ReportQuery) -> Iterator[ReportLine]:
    charges = _charges(session, scope)
    vacancies = _vacancies(session, scope, {one.room_id for one in charges})
    waived = _shared(charges, vacancies)
    # A vacancy of other months stands here only for what was posted late for it.
    rows = [
        one
        for one in vacancies
        if waived.get(one.id) or (one.starts <= scope.last and one.ends >= scope.first)
    ]
    elsewhere = [one for one in charges if (one.room_id, ELSEWHERE) in waived]
    named: list[Any] = [*rows, *elsewhere]
    names = Names(session, named)
    areas = _areas(session, {one.room_id for one in named}, scope.last)
    for row in rows:
        yield _line(row, names.values(row), areas, (row.starts, row.ends, row.factor), waived.get(row.id))
    for row in {one.room_id: one for one in elsewhere}.values():
        values = {**names.values(row), "fee": ""}
        yield _line(row, values, areas, (None, None, None), waived[row.room_id, ELSEWHERE])


def _line(
    row: Any, named: dict[str, str], areas: dict[int, Decimal], held: Any, waived: Decimal | None
) -> ReportLine:
    starts, ends, factor = held
    keys = keys_of(row, "community_id", "building_id", "room_id")
    return ReportLine(
        values={
            **named,
            "area": areas.get(row.room_id),
            "starts": starts,
            "ends": ends,
            "factor": factor,
            "waived": waived or Decimal("0.00"),
        },
        keys={**keys, "vacancy_id": row.id if starts is not None else None, "fee_item_id": row.fee_item_id},
    )


def _order(line: ReportLine) -> Any:
    values = line.values
    return (
        values["community"],
        line.keys["community_id"],
        len(values["building"]),
        values["building"],
        values["place"],
        line.keys["room_id"],
        values["starts"] or date.max,
        line.keys["vacancy_id"] or 0,
    )


def _charges(session: Session, scope: ReportQuery) -> list[Any]:
    """Return what was posted in the month with something waived."""
    of: Any = Charge
    return list(
        session.execute(
            select(
                of.id, of.community_id, of.building_id, of.room_id, of.fee_item_id, of.waived, of.basis
            ).where(
                of.posting_period == scope.period,
                raw(of.waived) != 0,
                of.room_id.is_not(None),
                *scope.where(Charge),
            )
        )
    )


def _vacancies(session: Session, scope: ReportQuery, rooms: set[int]) -> list[Any]:
    """Return the approved ones of the month, and the others of rooms of which something was waived."""
    names = ("id", "community_id", "room_id", "fee_item_id", "starts", "ends", "factor")
    approved = (
        select(*(getattr(Vacancy, name) for name in names), Room.building_id)
        .join(Room, Room.id == Vacancy.room_id)
        .where(Vacancy.state == ApprovalState.APPROVED, *scope.where(Vacancy))
    )
    of_month = approved.where(Vacancy.starts <= scope.last, Vacancy.ends >= scope.first)
    found = {one.id: one for one in session.execute(of_month)}
    for some in _in_parts(rooms):
        found |= {one.id: one for one in session.execute(approved.where(Vacancy.room_id.in_(some)))}
    return list(found.values())


def _in_parts(keys: set[int]) -> Iterator[list[int]]:
    wanted = sorted(keys)
    yield from (wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE))


def _shared(charges: Sequence[Any], vacancies: Sequence[Any]) -> dict[Any, Decimal]:
    """Return what was waived by vacancy; by (room, ELSEWHERE) what none explains."""
    found: dict[Any, Decimal] = {}
    for place, _charge, part in _shares_of(charges, vacancies):
        found[place] = found.get(place, Decimal("0.00")) + part
    return found


def _shares_of(charges: Sequence[Any], vacancies: Sequence[Any]) -> Iterator[tuple[Any, Any, Decimal]]:
    """(vacancy's id or (room, ELSEWHERE), charge, what of it was waived there)."""
    of_room: dict[int, list[Any]] = {}
    for one in vacancies:
        of_room.setdefault(one.room_id, []).append(one)
    for charge in charges:
        held = [
            ApprovedVacancy(
                id=v.id, first=v.starts, last=v.ends, factor=v.factor, own=v.fee_item_id is not None
            )
            for v in of_room.get(charge.room_id, ())
            if v.fee_item_id in (None, charge.fee_item_id)
        ]
        days = [
            Days(
                first=date.fromisoformat(one["first"]),
                last=date.fromisoformat(one["last"]),
                factor=Decimal(one["factor"]),
            )
            for one in charge.basis.get("relieved", ())
        ]
        for key, part in shares(waived=charge.waived, days=days, held=held).items():
            yield (charge.room_id, ELSEWHERE) if key == ELSEWHERE else key, charge, part


def _areas(session: Session, rooms: set[int], last: date) -> dict[int, Decimal]:
    """Return the area of each room as it was on the month's last day."""
    found: dict[int, Decimal] = {}
    for some in _in_parts(rooms):
        rows = session.execute(
            select(RoomArea.room_id, RoomArea.area)
            .where(RoomArea.room_id.in_(some), RoomArea.starts <= last)
            .order_by(RoomArea.starts)
        )
        found |= dict(rows.all())
    return found


def _checks(session: Session, scope: ReportQuery, total: Total) -> list[Equation]:
    right = session.scalar(
        select(func.sum(Charge.waived)).where(
            Charge.posting_period == scope.period, Charge.room_id.is_not(None), *scope.where(Charge)
        )
    )
    label = N_("月减免额 = 本期应收的入账减免")
    return [Equation(label=label, left=total.values["waived"], right=right or Decimal("0.00"))]


def _drill(line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    vacancy = line.keys.get("vacancy_id")
    if name in ("starts", "ends") and vacancy is not None:
        return document_url(Vacancy, vacancy)
    traced = name == "waived" and line.keys.get("room_id") is not None
    return rows_url(VACANCIES.url, line, name, scope) if traced else None


def _rows(
    session: Session, scope: ReportQuery, keys: Mapping[str, int | None], name: str
) -> Iterator[FigureRow]:
    """Return what the vacancy (or, without one, no vacancy of the room) waived of each charge."""
    charges = [one for one in _charges(session, scope) if one.room_id == keys.get("room_id")]
    vacancies = _vacancies(session, scope, {one.room_id for one in charges})
    wanted = keys.get("vacancy_id") or (keys.get("room_id"), ELSEWHERE)
    names = Names(session, charges)
    for place, charge, part in _shares_of(charges, vacancies):
        if place == wanted and part:
            named = names.values(charge)
            yield FigureRow(
                kind=_(Charge.__about__.label),
                title=f"{named['place']} {named['fee']}",
                amount=part,
                url=document_url(Charge, charge.id),
            )


VACANCIES = Report(
    name="VacancyReport",
    label=N_("空置房"),
    url="/reports/vacancies",
    icon="door-off",
    fields=FIELDS,
    lines=_lines,
    groups=(("community", "community_id"), ("building", "building_id")),
    order=_order,
    checks=_checks,
    drill=_drill,
    rows=_rows,
    frozen=True,
    places=("community_id", "building_id", "room_id"),
    empty=N_("这个月没有空置登记。"),
)
