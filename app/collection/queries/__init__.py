"""The reads of collection."""

from app.collection.queries.people import open_charge_ids, person, serials, total_due

__all__ = ["open_charge_ids", "person", "serials", "total_due"]
