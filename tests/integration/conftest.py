"""What tests of several modules begin with."""

from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.closing.quarter import Quarter


@pytest.fixture
def quarter(session: Session, cast: Any) -> Quarter:
    """Three months of our community, through the operations."""
    cashier = session.scalars(select(User.id).where(User.username == cast["收费员"])).one()
    return Quarter(cast.ours, cashier, cast.neighbour)
