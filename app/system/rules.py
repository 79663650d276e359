"""Pure rules of the system module."""

from urllib.parse import urlsplit


def is_web_address(text: str) -> bool:
    """Whether a text leads to a page of the web and nowhere else: http or https, a host, no blanks, no name and password."""
    if not text.isprintable() or any(character.isspace() or character in '<>"\\' for character in text):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    named = bool(host) and not host.startswith((".", "-")) and ".." not in host
    return parts.scheme in ("http", "https") and named and "@" not in parts.netloc and port != 0
