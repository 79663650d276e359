"""The language of the money cases: a strict reader from YAML to typed, frozen records."""

from .codes import REFUSAL_CODES
from .expect import Expect
from .parse import Case, parse_case, parse_raw, parse_text
from .place import CaseError, Place
from .steps import STEPS, Refused, Step

__all__ = [
    "REFUSAL_CODES",
    "STEPS",
    "Case",
    "CaseError",
    "Expect",
    "Place",
    "Refused",
    "Step",
    "parse_case",
    "parse_raw",
    "parse_text",
]
