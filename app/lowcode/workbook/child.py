"""The process that parses a workbook: limits itself, reads standard input, writes JSON, ends.

Input: a line of JSON (filename, headings, memory in MB, seconds), then the file. Output: the sheets (`dump_sheets`), or with the exit code
REFUSED the refusal's kind and its values.
"""

import json
import math
import sys
from contextlib import suppress
from typing import Final

from app.kernel.errors import DomainError
from app.lowcode.workbook.errors import TooMuchMemory
from app.lowcode.workbook.parser import parse_workbook
from app.lowcode.workbook.sheets import dump_sheets

REFUSED: Final = 3


def main() -> int:
    """Parse the workbook on standard input; returns the exit code."""
    asked = json.loads(sys.stdin.buffer.readline())
    _limit_itself(asked["memory"], asked["seconds"])
    kind, params = TooMuchMemory.__name__, {"most": asked["memory"]}
    try:
        sheets = parse_workbook(sys.stdin.buffer.read(), asked["filename"], frozenset(asked["headings"]))
        answer = dump_sheets(sheets)
    except MemoryError:
        pass
    except DomainError as error:
        kind, params = type(error).__name__, error.params
    else:
        sys.stdout.buffer.write(answer)
        return 0
    sys.stdout.buffer.write(json.dumps({"kind": kind, "params": params}).encode())
    return REFUSED


def _limit_itself(memory: int, seconds: float) -> None:
    """Set the limits that the system has (POSIX): memory, computing time, no file written, no core dumped."""
    try:
        import resource
    except ImportError:  # Windows: the parent's time limit remains
        return
    for what, most in (
        (resource.RLIMIT_AS, memory * 1024**2),
        (resource.RLIMIT_CPU, math.ceil(seconds)),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (allowed, hard))


if __name__ == "__main__":
    sys.exit(main())
