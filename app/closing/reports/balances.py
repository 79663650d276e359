"""预收/押金余额: what each account held before the month, what the month did, and what it holds after it."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    CompoundSelect,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from app.closing.queries.names import Names, keys_of
from app.closing.reports.columns import COMMUNITY, CUSTOMER, PLACE, money, words
from app.collection.models import DEPOSIT_ITEM, Deposit, DepositEntry, Prepayment, PrepaymentEntry
from app.collection.states import DepositKind
from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.lowcode.dictionary import codes_of
from app.lowcode.fields import Field
from app.lowcode.reports.declaration import Equation, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.drilldown import FigureRow, document_url, rows_url
from app.lowcode.types import Money, raw


class AccountKind(LabelledEnum):
    """What an account is for."""

    GENERAL = "general", N_("通用预收")
    FEE = "fee", N_("专用预收")
    DEPOSIT = "deposit", N_("押金")


SUMS = ("opening", "received", "used", "refunded", "closing")
KEYS = ("community_id", "room_id", "customer_id")
ORDER = ("community_id", "room", "customer_id", "deposit", "account")

FIELDS = (
    COMMUNITY,
    PLACE,
    CUSTOMER,
    Field(N_("类型"), "choice", name="held", width=10, enum=AccountKind),
    words("item", N_("项目")),
    money("opening", N_("期初余额")),
    money("received", N_("本期收")),
    money("used", N_("抵扣/扣款")),
    money("refunded", N_("本期退")),
    money("closing", N_("期末余额")),
)


def _accounts(scope: ReportQuery) -> CompoundSelect[Any]:
    """Return a row an account that held something before the month or moved in it."""
    return union_all(
        _moves(scope, Prepayment, PrepaymentEntry, PrepaymentEntry.prepayment_id),
        _moves(scope, Deposit, DepositEntry, DepositEntry.deposit_id),
    )


def _parts(scope: ReportQuery, entry: Any) -> dict[str, tuple[Any, int]]:
    """Of each sum: which entries, with which sign. What takes an entry back belongs to what it takes back."""
    month, out = entry.posting_period == scope.period, entry.refund_id.is_not(None)
    used: Any
    if entry is PrepaymentEntry:
        used = entry.charge_id.is_not(None)
    else:
        back = and_(entry.kind == DepositKind.TAKEN_BACK, entry.receipt_id.is_(None))
        used = or_(entry.kind == DepositKind.DEDUCTED, back)
    return {
        "opening": (entry.posting_period < scope.period, 1),
        "received": (and_(month, ~out, ~used), 1),
        "used": (and_(month, ~out, used), -1),
        "refunded": (and_(month, out), -1),
        "closing": (entry.posting_period <= scope.period, 1),
    }


def _moves(scope: ReportQuery, account: Any, entry: Any, link: Any) -> Select[Any]:
    is_deposit = account is Deposit
    month = entry.posting_period == scope.period
    sums = (
        select(
            link.label("account"),
            *(
                _sum(entry, condition, sign=sign).label(name)
                for name, (condition, sign) in _parts(scope, entry).items()
            ),
            func.sum(case((month, 1), else_=0)).label("moved"),
        )
        .where(entry.posting_period <= scope.period, *scope.where(entry))
        .group_by(link)
        .subquery()
    )
    return (
        select(
            account.community_id,
            func.coalesce(account.room_id, 0).label("room"),
            account.room_id,
            account.customer_id,
            literal(int(is_deposit)).label("deposit"),
            sums.c.account,
            *(type_coerce(sums.c[name], Money).label(name) for name in SUMS),
        )
        .join(sums, sums.c.account == account.id)
        .where(or_(sums.c.opening != 0, sums.c.moved != 0))
    )


def _sum(entry: Any, condition: Any, *, sign: int = 1) -> Any:
    return func.sum(case((condition, sign * raw(entry.amount)), else_=0))


def _total(session: Session, scope: ReportQuery) -> Total:
    rows = _accounts(scope).subquery()
    count, *sums = session.execute(
        select(func.count(), *(func.sum(rows.c[name]) for name in SUMS)).select_from(rows)
    ).one()
    zero = Decimal("0.00")
    return Total(count=count, values={name: value or zero for name, value in zip(SUMS, sums, strict=True)})


def _page(session: Session, scope: ReportQuery, limit: int, offset: int) -> Sequence[ReportLine]:
    found = _accounts(scope).subquery()
    rows = session.execute(
        select(found).order_by(*(found.c[name] for name in ORDER)).limit(limit).offset(offset)
    ).all()
    names = Names(session, rows)
    prepaid = _items(session, Prepayment, Prepayment.fee_item_id, [r.account for r in rows if not r.deposit])
    held = _items(session, Deposit, Deposit.item, [r.account for r in rows if r.deposit])
    fees = Names(session, prepaid.values())
    lines = []
    for row in rows:
        named = names.values(row)
        fee = prepaid.get(row.account) if not row.deposit else None
        values = {
            "community": named["community"],
            "place": named["place"],
            "customer": named["customer"],
            "held": AccountKind.DEPOSIT
            if row.deposit
            else AccountKind.FEE
            if fee and fee.fee_item_id
            else AccountKind.GENERAL,
            "item": codes_of(DEPOSIT_ITEM).label(held[row.account].item)
            if row.deposit
            else fees.values(fee)["fee"],
            **{name: getattr(row, name) for name in SUMS},
        }
        key = "deposit_id" if row.deposit else "prepayment_id"
        lines.append(ReportLine(values=values, keys={**keys_of(row, *KEYS), key: row.account}))
    return lines


def _items(session: Session, model: Any, column: Any, keys: Sequence[int]) -> dict[int, Any]:
    rows = session.execute(select(model.id, model.community_id, column).where(model.id.in_(keys))).all()
    return {row.id: row for row in rows}


def _equations(total: Total, _lines: Sequence[ReportLine]) -> list[Equation]:
    of = total.values
    right = of["opening"] + of["received"] - of["used"] - of["refunded"]
    return [Equation(label=N_("期末 = 期初 + 收 − 抵扣/扣款 − 退"), left=of["closing"], right=right)]


def _checks(session: Session, scope: ReportQuery, total: Total) -> list[Equation]:
    """Of the latest month: the accounts' own checked copies."""
    zero, right = Decimal("0.00"), Decimal("0.00")
    pairs: Sequence[tuple[Any, Any]] = ((PrepaymentEntry, Prepayment), (DepositEntry, Deposit))
    for entry, account in pairs:
        later = select(entry.id).where(entry.posting_period > scope.period, *scope.where(entry)).limit(1)
        if session.scalar(later) is not None:
            return []
        right += session.scalar(select(func.sum(account.balance)).where(*scope.where(account))) or zero
    return [Equation(label=N_("期末余额 = 账户上的余额"), left=total.values["closing"], right=right)]


def _drill(line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    """Return the entries behind a sum."""
    traced = name in SUMS and (line.keys.get("prepayment_id") or line.keys.get("deposit_id"))
    return rows_url(BALANCES.url, line, name, scope) if traced else None


def _rows(
    session: Session, scope: ReportQuery, keys: Mapping[str, int | None], name: str
) -> Iterator[FigureRow]:
    prepaid = keys.get("prepayment_id") is not None
    entry: Any = PrepaymentEntry if prepaid else DepositEntry
    mine = (
        entry.prepayment_id == keys["prepayment_id"]
        if prepaid
        else entry.deposit_id == keys.get("deposit_id")
    )
    condition, sign = _parts(scope, entry)[name]
    rows = session.scalars(select(entry).where(mine, condition, *scope.where(entry)).order_by(entry.id))
    for row in rows:
        yield FigureRow(
            kind=_(row.kind.label),
            title=row.reason or "",
            day=row.day,
            amount=sign * row.amount,
            url=document_url(entry, row.id),
        )


BALANCES = Report(
    name="BalanceReport",
    label=N_("预收/押金余额"),
    url="/reports/balances",
    icon="pig-money",
    fields=FIELDS,
    total=_total,
    page=_page,
    equations=_equations,
    checks=_checks,
    drill=_drill,
    rows=_rows,
    frozen=True,
    places=KEYS,
    empty=N_("没有预收款和押金。"),
)
