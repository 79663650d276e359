"""Standards and their prices. A new price is a version from a day on and never touches what is billed."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeStandard, FeeStandardVersion
from app.kernel.errors import N_, DomainError
from app.lowcode import scope
from app.lowcode.save import save_row
from app.lowcode.scope import OutOfScope


class PriceIsBilled(DomainError):
    """An edit of a price that charges were computed with."""

    code = "price_is_billed"
    message = N_("已有费用按这个价格入账，不能修改。调价请新增一个开始日期更晚的价格。")


class PriceMissing(DomainError):
    """A new standard without its first price."""

    code = "price_missing"
    message = N_("请填写单价和价格开始日期。")


def save_standard(
    *,
    session: Session,
    row: FeeStandard,
    price: Decimal | None = None,
    price_starts: date | None = None,
    **values: Any,
) -> FeeStandard:
    """Add a standard with its first price (元 per unit from a day on), or change one. Raises PriceMissing."""
    is_new = row.id is None
    save_row(session=session, row=row, values=values)
    if is_new:
        if price is None or price_starts is None:
            raise PriceMissing(field="price" if price is None else "price_starts")
        add_price(session=session, standard_id=row.id, starts=price_starts, price=price)
    return row


def save_price(*, session: Session, row: FeeStandardVersion, **values: Any) -> FeeStandardVersion:
    """Add a version of a price, or correct one that nothing is billed with yet. Raises OutOfScope, PriceIsBilled."""
    if row.id is None:
        return add_price(
            session=session,
            standard_id=values["standard_id"],
            starts=values["starts"],
            price=values["price"],
        )
    billed = select(Charge.id).where(
        Charge.community_id == row.community_id,
        Charge.standard_id == row.standard_id,
        Charge.version_id == row.id,
    )
    if values.get("price", row.price) != row.price and session.scalar(billed.limit(1)) is not None:
        raise PriceIsBilled(field="price")
    save_row(session=session, row=row, values=values)
    return row


def add_price(*, session: Session, standard_id: int, starts: date, price: Decimal) -> FeeStandardVersion:
    """Return a standard's price (元/㎡·月 or 元/月) from a day on. Raises OutOfScope, AlreadyThere for a day that has one."""
    standard = scope.find(session, FeeStandard, standard_id)
    if standard is None:
        raise OutOfScope(field="standard_id")
    row = FeeStandardVersion()
    save_row(
        session=session,
        row=row,
        values={
            "community_id": standard.community_id,
            "standard_id": standard.id,
            "starts": starts,
            "price": price,
        },
    )
    return row
