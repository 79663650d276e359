"""为什么是这个金额: the sentences that a charge, or a line of a billing run, can say about itself."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import BillingLine, Charge, FeeStandard, FeeStandardVersion
from app.billing.states import Oddity
from app.estate.models import Customer
from app.estate.states import CustomerKind
from app.kernel.errors import N_
from app.kernel.money import format_exact, format_money
from app.kernel.periods import DateSpan
from app.kernel.pricing import Method, Priced
from app.kernel.proration import MonthPart

Sentence = tuple[str, dict[str, str]]

PRICE_SINCE = N_("收费标准“%(standard)s”的单价，自 %(starts)s 起执行。")
DEVELOPER_PAYS = N_("由建设单位交纳：这些日子房间尚未售出或尚未交付（物业管理条例第四十一条）。")
OTHER_SOURCE = N_("不是按标准出的账：%(words)s")
READING = N_("表 %(meter)s 于 %(day)s 抄表：本次读数 %(value)s，上次读数 %(last)s，用量 %(usage)s。")
OLD_DIAL = N_("表 %(meter)s 于 %(day)s 换表：旧表读数 %(value)s，上次读数 %(last)s，旧表用量 %(usage)s。")
COUNTED = N_("用量已乘倍率 %(multiplier)s，并计损耗率 %(loss)s。")
ROLLED_OVER = N_("表走满一圈后回零，已加上一整圈。")
RELIEVED = N_(
    "%(first)s 至 %(last)s 共 %(days)s 天经批准空置或停供，这些天按系数 %(factor)s 交纳，其余减免。"
)
WAIVED = N_("其中减免 %(waived)s 元，应收 %(amount)s 元。")
GAPS = {
    Oddity.NO_PAYER: N_("这些日子没有付费人。请在入住关系里补上，或登记建设单位。"),
    Oddity.NO_PRICE: N_("这些日子收费标准没有单价。请补上开始日期更早的价格。"),
    Oddity.NO_AREA: N_("没有建筑面积，无法按面积计费。请先补上面积。"),
}


def explain(*, session: Session, row: Charge | BillingLine) -> list[Sentence]:
    """Why a row has its amount: Chinese message ids, each with the texts for its places.

    Everything is read from what was stored with the row, not computed again. A charge of another source says what that
    source said of it.
    """
    if isinstance(row, BillingLine) and not row.billable:
        return [(GAPS[row.odd], {})] if row.odd in GAPS else []
    if "method" not in row.basis:
        return [(OTHER_SOURCE, {"words": row.basis["words"]})] if "words" in row.basis else []
    sentences = [_priced(row).explain()]
    version = session.execute(
        select(FeeStandard.name, FeeStandardVersion.starts)
        .join(FeeStandard, FeeStandardVersion.standard_id == FeeStandard.id)
        .where(FeeStandardVersion.id == row.version_id)
    ).first()
    if version is not None:
        sentences.append((PRICE_SINCE, {"standard": version.name, "starts": version.starts.isoformat()}))
    kind = session.scalar(select(Customer.kind).where(Customer.id == row.customer_id))
    if kind is CustomerKind.DEVELOPER:
        sentences.append((DEVELOPER_PAYS, {}))
    for one in row.basis.get("readings", ()):
        sentences += _reading(row.basis["meter"], one)
    for one in row.basis.get("relieved", ()):
        span = DateSpan(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]))
        places = {"first": one["first"], "last": one["last"], "days": str(span.days)}
        sentences.append((RELIEVED, places | {"factor": format_exact(Decimal(one["factor"]), 0)}))
    if row.waived:
        amounts = {"waived": format_money(row.waived), "amount": format_money(row.amount)}
        sentences.append((WAIVED, amounts))
    return sentences


def _reading(meter: str, one: dict[str, Any]) -> list[Sentence]:
    """Return what a charge keeps of a reading, in words."""
    places = {name: format_exact(Decimal(one[name]), 0) for name in ("last", "value", "usage")}
    found: list[Sentence] = [
        (OLD_DIAL if one.get("change") else READING, {"meter": meter, "day": one["day"], **places})
    ]
    counted = {name: format_exact(Decimal(one[name]), 0) for name in ("multiplier", "loss")}
    if counted != {"multiplier": "1", "loss": "0"}:
        found.append((COUNTED, counted))
    if one.get("rollover"):
        found.append((ROLLED_OVER, {}))
    return found


def _priced(row: Charge | BillingLine) -> Priced:
    part = MonthPart(
        period=row.period,
        span=DateSpan(row.starts, row.ends),
        share=Fraction(row.basis["share"]),
        days_in_month=row.basis["of_days"],
    )
    return Priced(
        method=Method(row.basis["method"]), part=part, quantity=row.quantity, price=row.price, gross=row.gross
    )
