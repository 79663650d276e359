"""Going back to where the person was: a parameter of the URL names it, and is not believed blindly."""

from flask import request

BACK = "back"
"""The URL parameter that says where the person came from, if not from the row's page."""


def safe_next(name: str = "next", otherwise: str = "/") -> str:
    """Where a parameter of the URL wants to go on: a path of this site only."""
    target = request.args.get(name, otherwise)
    if not target.startswith("/") or target.startswith(("//", "/\\")) or "\n" in target or "\r" in target:
        return otherwise
    return target
