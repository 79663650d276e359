"""Fixtures of the service desk's tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from tests.integration.service.repair_office import RepairOffice, settle_repairs


@pytest.fixture
def repairs(app: Flask, cast: Any) -> Iterator[RepairOffice]:
    """The office that repairs; the test acts as the system unless it says otherwise."""
    with app.app_context(), acting_as(SYSTEM):
        yield settle_repairs(cast=cast)
        db.session.rollback()
