"""Sentences in the reader's language: message ids, and what is kept of them with values (app/kernel/sentences.py)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app.kernel.sentences import parts_of


def spoken(text: str) -> str:
    """Return a kept sentence, a message id or a text of the office's own in the reader's language."""
    if not text:
        return text  # the catalog's own heading stands under the empty id
    message, params = parts_of(text)
    return spoken_with(message, params)


def spoken_with(message: str, params: Mapping[str, Any]) -> str:
    """Return a message id with its values; values that are texts of ours are translated too."""
    if not params:
        return gettext(message)
    values = {k: spoken(v) if isinstance(v, str) else v for k, v in params.items()}
    try:
        return gettext(message, **values)
    except (KeyError, TypeError, ValueError):
        return message  # not a sentence of ours after all: a person's text that looks like one
