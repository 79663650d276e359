"""收款明细表 (表1): every line of every receipt of the month, and what was taken back of it, in the office's 15 columns.

What is paid in advance and deposits stand among the charges, so that the lines add up to the receipts.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CompoundSelect, and_, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.closing.queries.receipt_lines import ReceiptLines
from app.closing.reports.columns import BUILDING, COMMUNITY, CUSTOMER, FEE, day, money, words
from app.collection.models import Allocation, DepositEntry, PrepaymentEntry, Receipt, ReceiptVoid
from app.collection.states import CASH_KINDS, DepositKind, PrepaymentKind, Tender
from app.kernel.errors import N_
from app.lowcode.fields import Field
from app.lowcode.reports.declaration import Equation, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.drilldown import document_url

CHARGE, PREPAID, DEPOSITED = 1, 2, 3
"""Where a line comes from."""
KEYS = ("community_id", "building_id", "room_id", "space_id", "customer_id")


def tender_labels(codes: str) -> str:
    """Methods as people read them: "cash,wechat" is 现金、微信; what is in words already stays."""
    known = {one.value: one for one in Tender}
    parts = codes.split(",")
    return "、".join(_(known[one].label) for one in parts) if all(one in known for one in parts) else codes


FIELDS = (
    COMMUNITY,
    BUILDING,
    words("place", N_("房间")),
    CUSTOMER,
    day("day", N_("收款日期")),
    Field(N_("结算方式"), "text", name="tenders", width=12, masked=tender_labels),
    FEE,
    words("standard", N_("收费标准")),
    day("starts", N_("计费开始日期")),
    day("ends", N_("计费结束日期")),
    Field(N_("应收金额"), "money", name="charged", width=13, scale=2),
    money("amount", N_("收款金额")),
    Field(N_("余额"), "money", name="left", width=13, scale=2),
    words("created_by", N_("制单人"), 10),
    Field(N_("制单时间"), "moment", name="created_at", width=16),
)

FIGURES = (
    Field(N_("收据合计"), "money", name="receipts", scale=2),
    Field(N_("作废冲红合计"), "money", name="taken_back", scale=2),
)


def _taken(scope: ReportQuery) -> CompoundSelect[Any]:
    """Return the lines by their keys: source, id, and what orders them."""
    sources: Sequence[tuple[int, Any, Any]] = (
        (CHARGE, Allocation, Allocation.kind.in_(CASH_KINDS)),
        (PREPAID, PrepaymentEntry, _kept(PrepaymentEntry, PrepaymentKind)),
        (DEPOSITED, DepositEntry, _kept(DepositEntry, DepositKind)),
    )
    return union_all(
        *(
            select(
                model.day.label("day"),
                model.community_id.label("community_id"),
                model.receipt_id.label("receipt_id"),
                literal(source).label("source"),
                model.id.label("id"),
                model.amount.label("amount"),
            ).where(model.day.between(scope.first, scope.last), condition, *scope.where(model))
            for source, model, condition in sources
        )
    )


def _kept(model: Any, kinds: Any) -> Any:
    return and_(model.receipt_id.is_not(None), model.kind.in_((kinds.IN, kinds.TAKEN_BACK)))


def _total(session: Session, scope: ReportQuery) -> Total:
    rows = _taken(scope).subquery()
    count, amount = session.execute(select(func.count(), func.sum(rows.c.amount)).select_from(rows)).one()
    return Total(count=count, values={"amount": amount or Decimal("0.00")})


def _page(session: Session, scope: ReportQuery, limit: int, offset: int) -> Sequence[ReportLine]:
    found = _taken(scope).subquery()
    order = [found.c[name] for name in ("community_id", "day", "receipt_id", "source", "id")]
    rows = session.execute(select(found).order_by(*order).limit(limit).offset(offset)).all()
    taken = ReceiptLines(
        session,
        receipts={row.receipt_id for row in rows},
        charged=[row.id for row in rows if row.source == CHARGE],
        prepaid=[row.id for row in rows if row.source == PREPAID],
        deposited=[row.id for row in rows if row.source == DEPOSITED],
    )
    return [
        taken.line(row, {CHARGE: "charged", PREPAID: "prepaid", DEPOSITED: "deposited"}[row.source])
        for row in rows
    ]


def _figures(session: Session, scope: ReportQuery) -> Mapping[str, Decimal]:
    """Return what the receipts of the month say, and what was taken back in it."""
    zero = Decimal("0.00")
    papers: Sequence[tuple[str, Any]] = (("receipts", Receipt), ("taken_back", ReceiptVoid))
    return {
        name: session.scalar(
            select(func.sum(model.total)).where(
                model.day.between(scope.first, scope.last), *scope.where(model)
            )
        )
        or zero
        for name, model in papers
    }


def _equations(total: Total, _lines: Sequence[ReportLine]) -> list[Equation]:
    of = total.figures
    if not of:
        return []
    label = N_("收款金额 = 收据合计 − 作废冲红合计")
    return [Equation(label=label, left=total.values["amount"], right=of["receipts"] - of["taken_back"])]


def _drill(line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    """Lead to the receipt of the day, of whose amount the line is a part."""
    if name == "day" and line.keys.get("receipt_id") is not None:
        return document_url(Receipt, int(line.keys["receipt_id"] or 0))
    return None


TAKINGS = Report(
    name="TakingsReport",
    label=N_("收款明细表"),
    url="/reports/takings",
    icon="list-details",
    fields=FIELDS,
    total=_total,
    page=_page,
    figures=_figures,
    figure_fields=FIGURES,
    equations=_equations,
    drill=_drill,
    frozen=True,
    places=KEYS,
    empty=N_("这个月没有收款。"),
)
