"""收费日报/交款表: what each cashier took on each day, by fee and by method, and who signed for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.closing.queries.names import values_by_id
from app.closing.reports.columns import COMMUNITY, day, money, words
from app.collection.models import Allocation, Receipt
from app.collection.states import CASH_KINDS, Tender
from app.estate.models import Community
from app.estate.queries.letterhead import company_names
from app.kernel.chinese_amount import chinese_amount
from app.kernel.errors import N_
from app.lowcode.fields import Field
from app.lowcode.reports.declaration import LINE, By, Equation, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.drilldown import FigureRow, documents_url, rows_url
from app.reports.queries.desk_days import ZERO, cashiers, desk_days, on_days
from app.reports.queries.desk_rows import desk_rows

FEE = "fee_"
TENDERS = tuple(one.value for one in Tender)

BEFORE = (
    day("day", N_("日期")),
    words("cashier", N_("收费员"), 10),
    COMMUNITY,
    words("numbers", N_("票据起止号"), 28),
    Field(N_("张数"), "integer", name="receipts", width=7, totalled=True),
    Field(N_("作废张数"), "integer", name="voids", width=9, totalled=True),
)
AFTER = (
    *(money(one.value, one.label, 12) for one in Tender),
    money("prepaid", N_("预收"), 12),
    money("deposited", N_("押金"), 12),
    money("refunded", N_("退款"), 12),
    money("total", N_("合计")),
    words("words", N_("大写"), 28),
    words("handed", N_("交款人"), 10),
    words("signed", N_("财务签收"), 10),
)


def _fit(session: Session, scope: ReportQuery) -> Sequence[Field]:
    """Return a column a fee that anything was taken for."""
    of = (
        select(Allocation.fee_item_id)
        .where(Allocation.kind.in_(CASH_KINDS), *on_days(session, scope, Allocation))
        .distinct()
    )
    fees = session.execute(
        select(FeeItem.id, FeeItem.name).where(FeeItem.id.in_(of)).order_by(FeeItem.priority, FeeItem.id)
    )
    return (*BEFORE, *(money(f"{FEE}{key}", name, 12) for key, name in fees), *AFTER)


def _lines(session: Session, scope: ReportQuery) -> Iterator[ReportLine]:
    found = desk_days(session, scope)
    names = cashiers(session, found)
    communities = values_by_id(session, Community, Community.name, {key[0] for key in found})
    for (community, when, cashier), one in found.items():
        fees = sum(one.fees.values(), ZERO)
        values: dict[str, Any] = {
            "day": when,
            "cashier": names.get(cashier or 0, ""),
            "community": communities.get(community, ""),
            "numbers": " – ".join(dict.fromkeys(part for part in (one.first, one.last) if part)),
            "receipts": one.receipts,
            "voids": one.voids,
            **{f"{FEE}{key}": amount for key, amount in one.fees.items()},
            **{tender.value: one.tenders.get(tender, ZERO) for tender in Tender},
            "prepaid": one.prepaid,
            "deposited": one.deposited,
            "refunded": one.refunded,
            "total": fees + one.prepaid + one.deposited - one.refunded,
            "handed": "、".join(one.handed),
            "signed": "、".join(one.signed),
        }
        yield ReportLine(values=values, keys={"community_id": community, "cashier_id": cashier})


def _order(line: ReportLine) -> Any:
    values, keys = line.values, line.keys
    return (
        values["day"],
        values["community"],
        keys["community_id"],
        values["cashier"],
        keys["cashier_id"] or 0,
    )


def _derive(values: Any) -> dict[str, Any]:
    """Return the amount in words, of subtotals and the total too."""
    total = values.get("total")
    return {"words": "" if total is None else chinese_amount(total)}


def _equations(total: Total, lines: Sequence[ReportLine]) -> list[Equation]:
    label = N_("合计 = 各费项 + 预收 + 押金 − 退款 = 各结算方式之和")
    leaves = [one.values for one in lines if one.level == LINE]
    wrong = sum(_by_tender(one) != one["total"] for one in leaves)
    return [Equation(label=label, left=total.values["total"], right=_by_tender(total.values), wrong=wrong)]


def _by_tender(values: Any) -> Decimal:
    return sum((values[name] for name in TENDERS), ZERO)


def _drill(line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    when = line.values.get("day")
    if line.level != LINE or when is None:
        return None
    if name == "numbers":
        place = [("community_id.eq", line.keys["community_id"]), ("day.eq", when)]
        return documents_url(Receipt, place)
    traced = name.startswith(FEE) or name in {one.name for one in AFTER if one.kind == "money"} | {
        "receipts",
        "voids",
    }
    return rows_url(DAILY.url, line, name, replace(scope, first=when, last=when)) if traced else None


def _rows(
    session: Session, scope: ReportQuery, keys: Mapping[str, int | None], name: str
) -> Iterator[FigureRow]:
    """Return what came of a figure of a cashier's day (元, in − out), or how many papers."""
    yield from desk_rows(
        session, scope, keys, name, int(name.removeprefix(FEE)) if name.startswith(FEE) else None
    )


DAILY = Report(
    name="DailyReport",
    label=N_("收费日报/交款表"),
    url="/reports/daily",
    icon="calendar-dollar",
    by=By.DAYS,
    fields=(*BEFORE, *AFTER),
    fit=_fit,
    lines=_lines,
    groups=(),
    order=_order,
    derive=_derive,
    equations=_equations,
    drill=_drill,
    rows=_rows,
    signatures=(N_("制表人"), N_("交款人"), N_("财务签收")),
    letterhead=company_names,
    empty=N_("这些天没有收款。"),
)
