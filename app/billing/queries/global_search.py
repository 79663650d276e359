"""What the top search finds of billing: runs by their name."""

from sqlalchemy import select

from app.billing.models import BillingRun
from app.estate.models import Community
from app.lowcode.db import db
from app.lowcode.search import Hit


def find_runs(typed: str, most: int) -> list[Hit]:
    """Billing runs by a part of the name, the newest first."""
    rows = db.session.execute(
        select(BillingRun.id, BillingRun.title, Community.name)
        .join(Community, Community.id == BillingRun.community_id)
        .where(BillingRun.title.contains(typed, autoescape=True))
        .order_by(BillingRun.id.desc())
        .limit(most)
    )
    return [Hit(row.id, row.title, row.name) for row in rows]
