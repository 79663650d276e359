"""What stands at the top of a community's papers."""

from typing import Any

from sqlalchemy import select

from app.estate.models import Community, Company
from app.lowcode.db import db
from app.lowcode.scope import UNSCOPED


def letterhead(row: Any) -> dict[str, str]:
    """The names of the company and the community of a row that is within reach.

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
