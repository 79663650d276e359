"""A billing run started at the page: how its bar advances, and how long it takes."""

import json
import time
from datetime import date
from typing import Any

from app.kernel.periods import Period
from bench.browser import Browser
from bench.figures import tell
from bench.office import FEE, PASSWORD

MANAGER = "jingli"
LOOKS_EVERY = 0.1
PATIENCE = 900


def measure_run(*, port: int, community: int, today: date) -> list[str]:
    """Start a run of the month after next, watch its bar to the end; returns what went wrong."""
    browser = Browser(port)
    browser.log_in(MANAGER, PASSWORD)
    started = time.perf_counter()
    period = Period.of(today).plus(2)
    status, leads_to = browser.post(
        "/billing/start/", form={"community_id": community, "period": str(period), "fee_item_id": FEE}
    )
    if status != 302:
        return [f"billing run: {status}"]
    seen: list[int] = []
    first = 0.0
    told: dict[str, Any] = {"state": "queued"}
    while time.perf_counter() - started < PATIENCE:
        told = json.loads(browser.get(f"{leads_to}.json")[1])
        done = int(told["percent"] or 0)
        if not seen or done != seen[-1]:
            seen.append(done)
            if done and not first:
                first = time.perf_counter() - started
        if told["state"] not in ("queued", "running"):
            break
        time.sleep(LOOKS_EVERY)
    took = time.perf_counter() - started
    # Thrown away again: an office that is measured twice has no run that waits.
    run = str(told["go_url"] or "").rsplit("/", 1)[-1]
    status, _where = browser.post(f"/billing_run/do/cancel/{run}", form={})
    browser.close()
    steps = [percent for percent in seen if percent]  # none is told before the start and after the end
    tell("billing.run.progress", len(steps), "steps seen")
    tell("billing.run.first_progress", first, "s")
    tell("billing.run.seconds", took, "s")
    wrong = [] if told["state"] == "done" else [f"billing run ended as {told['state']}"]
    wrong += [] if status in (200, 302) else [f"billing run not cancelled: {status}"]
    return wrong + ([] if steps == sorted(steps) else ["the bar went back"])
