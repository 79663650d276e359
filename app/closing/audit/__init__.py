"""核对账目: proves every checked copy, number and sum of the books against the documents, by SQL over whole tables."""

from app.closing.audit.runner import Breach, check_books

__all__ = ["Breach", "check_books"]
