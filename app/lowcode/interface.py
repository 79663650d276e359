"""Flask-AppBuilder's data interface, flushing inside the unit of work where the stock one commits by itself."""

from flask_appbuilder import Model
from flask_appbuilder.models.sqla.interface import SQLAInterface

from app.lowcode.db import db


class DocumentInterface(SQLAInterface):
    """Adds, edits and deletes by flush; errors rise to the view, which rolls the unit back."""

    def add(self, item: Model, commit: bool = True) -> None:
        """Add a row to the open unit of work."""
        db.session.add(item)
        db.session.flush()

    def edit(self, item: Model, commit: bool = True) -> None:
        """Write a changed row."""
        db.session.flush()

    def delete(self, item: Model, commit: bool = True) -> None:
        """Delete a row; the database refuses one that is referenced."""
        db.session.delete(item)
        db.session.flush()

    def delete_all(self, items: list[Model]) -> None:
        """Delete several rows, all or none."""
        for item in items:
            db.session.delete(item)
        db.session.flush()
