"""axe-core in the tests' browser: what shuts out people who see little, or use the keyboard or a screen reader (W2)."""

import os
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

SCRIPT = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => {
      const { fgColor, bgColor, contrastRatio } = any[0]?.data ?? {};
      const colours = contrastRatio ? ` ${fgColor} on ${bgColor} is ${contrastRatio}` : "";
      return `${id}${colours}: ${html.slice(0, 120)}`;
    }));
}"""


def axe(page: Page) -> list[str]:
    """Return the serious and critical findings on a page as it stands."""
    # Evaluated, not added: the page's own policy lets no script of ours in.
    page.evaluate(source())
    return list(page.evaluate(RUN))


@cache
def source() -> str:
    """Read the script; a missing one skips the test, and in CI fails it."""
    if not SCRIPT.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("axe-core is not installed: make dev")
    return SCRIPT.read_text(encoding="utf-8")
