"""What the code declares and the database must know: permissions, roles, number rules, dictionaries; at every start, as often as you like."""

from flask import Flask
from sqlalchemy.orm import Session

from app.lowcode import dictionary, numbers, permissions
from app.lowcode.engine import engine_of


def synchronise(*, session: Session, app: Flask) -> int:
    """Bring the database in line with the declarations; returns the rows written, none the second time.

    What the office has changed since stays as it is.
    """
    written = permissions.synchronise(
        session=session, pairs=permissions.known_pairs(app), roles=engine_of(app).roles()
    )
    return written + numbers.seed(session=session) + dictionary.seed(session=session)
