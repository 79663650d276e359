"""应收发生额: what moved in a month, added up, so that a report costs as many rows as there are buildings and fees."""

from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.billing.states import MovementKind
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.document import About, CommunityScoped, DocumentBase
from app.lowcode.fields import choice, link, money, month

NO_BUILDING = 0
"""The building of spaces and of what hangs on no room: an empty one would not be unique."""


class MonthSum(CommunityScoped, DocumentBase):
    """What one kind of movement comes to, by the month it is posted in, the place, the fee and the charges' own month.

    A checked copy of the charges and allocations, moved with them in the same unit; `check-books` holds it against
    them. `amount`, 元, is what it adds to what is owed: what is settled or let go is negative.
    """

    __about__ = About(
        N_("应收发生额"), "posting_period", icon="sum", order=("-posting_period",), readonly=True, menu=False
    )
    __table_args__ = (
        # Named: PostgreSQL would find the name of all its columns too long.
        UniqueConstraint(
            "community_id",
            "posting_period",
            "building_id",
            "fee_item_id",
            "period",
            "kind",
            name="uq_month_sum_key",
        ),
    )

    # The unique constraint begins with it and serves as its index. Keys as in the charges, which hold them.
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, constraint=False, index=False)
    posting_period: Mapped[Period] = month(N_("入账期"), required=True)
    building_id: Mapped[int] = link(N_("楼宇"), "Building", required=True, constraint=False, index=False)
    fee_item_id: Mapped[int] = link(N_("收费项目"), "FeeItem", required=True, constraint=False, index=False)
    period: Mapped[Period] = month(N_("所属期"), required=True)
    kind: Mapped[MovementKind] = choice(N_("类型"), MovementKind, required=True)
    amount: Mapped[Decimal] = money(N_("金额"), required=True)
