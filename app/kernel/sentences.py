"""A sentence of ours as it is kept in a text column: its message id, and the values of its places apart from it.

Who reads it reads it in their own language; a text without values, and what people typed, is kept as it is.
"""

import json
from typing import Any

_APART = "\x1f"  # the unit separator of ASCII


def sentence(message: str, **params: Any) -> str:
    """Return the text that keeps a message id with the values of its `%(name)s` places."""
    return f"{message}{_APART}{json.dumps(params, ensure_ascii=False, default=str)}" if params else message


def parts_of(text: str) -> tuple[str, dict[str, Any]]:
    """Return (message id, values) of a kept text; whatever is not kept this way stands for itself."""
    message, apart, values = text.partition(_APART)
    if not apart:
        return text, {}
    try:
        params = json.loads(values)
    except json.JSONDecodeError:
        return text, {}
    return (message, params) if isinstance(params, dict) else (text, {})
