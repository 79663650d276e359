"""Going back to where the person was: a parameter of the URL names it, and is not believed blindly."""

import re
from urllib.parse import urlsplit

from flask import request

BACK = "back"
"""The URL parameter that says where the person came from, if not from the row's page."""

# What a browser drops or turns round before it looks for the host: control characters and blanks, and backslashes,
# which it reads as slashes.
_READ_OTHERWISE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


def safe_next(name: str = "next", otherwise: str = "/") -> str:
    """Where a parameter of the URL wants to go on: a path of this site only."""
    target = request.args.get(name, "")
    return target if is_path_of_this_site(target) else otherwise


def is_path_of_this_site(target: str) -> bool:
    """Whether every browser reads a target as a path of this site, whatever host it is shown on."""
    if not target.startswith("/") or target.startswith("//"):
        return False
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    # What stands behind the path cannot lead away; blanks are at home there (a search for two words).
    before_query = re.split(r"[?#]", target, maxsplit=1)[0]
    return (
        not parts.scheme
        and not parts.netloc
        and not _READ_OTHERWISE.search(before_query)
        and not re.search(r"[\x00-\x1f\x7f-\x9f]", target)
    )
