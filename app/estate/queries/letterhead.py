"""What stands at the top of a community's papers."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Community, Company
from app.lowcode.db import db
from app.lowcode.reports.declaration import ReportQuery
from app.lowcode.scope import UNSCOPED


def letterhead(row: Any) -> dict[str, str]:
    """Return the names of the company and the community of a row that is within reach.

    The company's name stands on every paper of its communities, whoever may see the company's own page.
    """
    company, community = db.session.execute(
        select(Company.name, Community.name)
        .select_from(Community)
        .join(Company, Company.id == Community.company_id)
        .where(Community.id == row.community_id),
        execution_options={UNSCOPED: True},
    ).one()
    return {"company": company, "community": community}


def company_names(session: Session, scope: ReportQuery) -> str:
    """Return the companies of the communities that a report is of, as its head says them."""
    communities = session.scalars(
        select(Community.company_id).where(*scope.where(Community)).distinct()
    ).all()
    names = select(Company.name).where(Company.id.in_(communities)).order_by(Company.id)
    return "、".join(session.scalars(names, execution_options={UNSCOPED: True}))
