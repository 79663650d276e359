"""What the top search finds of complaints."""

from sqlalchemy import select

from app.estate.models import Community
from app.lowcode.db import db
from app.lowcode.search import Hit
from app.service.models import Complaint

LAST = "z"  # after every digit and capital, in whatever order a database sorts


def find_complaints(typed: str, most: int) -> list[Hit]:
    """Complaints by their number or its begin."""
    number = typed.upper()
    rows = db.session.execute(
        select(Complaint.id, Complaint.number, Complaint.complainer, Community.name.label("community"))
        .join(Community, Community.id == Complaint.community_id)
        .where(Complaint.number >= number, Complaint.number < number + LAST)
        .order_by(Complaint.number)
        .limit(most)
    )
    return [Hit(row.id, row.number, f"{row.complainer} · {row.community}") for row in rows]
