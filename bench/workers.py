"""The people of the soak: what each does again and again, and what no answer may be."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from random import Random

from app.billing.operations.runs import MOST_AHEAD
from app.kernel.periods import Period
from app.lowcode import clock
from bench.browser import Browser
from bench.office import FEE, PASSWORD

FINISHED_WITHIN = 60
# Somebody else was quicker: the desk is told so and reads the account again.
OVERTAKEN = {"already_settled", "over_balance"}
LISTS = (
    "/room/list/",
    "/charge/list/?order=-due",
    "/receipt/list/",
    "/customer/list/?q=王",
    "/reports/summary/",
    "/",
)


@dataclass(slots=True)
class Findings:
    """What was done how often, and what went wrong."""

    done: Counter[str]
    wrong: list[str]

    def check(self, what: str, status: int, allowed: set[int]) -> bool:
        """Note an answer; whether it was as it should be."""
        if status in allowed:
            return True
        self.wrong.append(f"{what}: {status}")
        return False


Step = Callable[[Browser, Random, Findings], None]


def work(port: int, worker: tuple[str, Step], number: int, until: float, findings: Findings) -> None:
    """Log in and take one step after the other until the time is over."""
    login, step = worker
    browser, random = Browser(port), Random(number)
    try:
        browser.log_in(login, PASSWORD)
        while time.monotonic() < until:
            step(browser, random, findings)
    except (OSError, HTTPException, ValueError, KeyError) as error:
        findings.wrong.append(f"{login}: {error!r}")
    finally:
        browser.close()


def collect(browser: Browser, random: Random, findings: Findings) -> None:
    """Find somebody, take what they owe or a part of it, print it or take it back."""
    status, text = browser.get(f"/desk/find?q={random.choice('王李张刘陈赵周吴')}")
    findings.check("desk find", status, {200})
    customers = json.loads(text)["customers"]
    if not customers:
        return
    customer = random.choice(customers)["id"]
    status, text = browser.get(f"/desk/customer/{customer}.json")
    findings.check("desk customer", status, {200})
    account = json.loads(text)
    charges = [one for group in account["groups"] for one in group["charges"]]
    if not charges:
        return
    chosen = random.sample(charges, min(len(charges), random.randint(1, 3)))
    body = {
        "customer_id": customer,
        "charge_ids": [one["id"] for one in chosen],
        "key": account["idempotency_key"],
        "tenders": [{"tender": random.choice(("cash", "wechat"))}],
    }
    if random.random() < 0.3:
        body["amount"] = "0.01"
    status, text = browser.post("/desk/pay", body=body)
    if status != 200 and json.loads(text).get("code") in OVERTAKEN:
        findings.done["overtaken"] += 1
        return
    if not findings.check("pay", status, {200}):
        return
    findings.done["paid"] += 1
    receipt = json.loads(text)["receipts"][0]
    findings.check("print", browser.get(receipt["print_url"])[0], {200})
    if random.random() < 0.4:
        status, _where = browser.post(f"/receipt/do/void/{receipt['id']}", form={"reason": "付款方式选错"})
        findings.check("void", status, {200, 302})
        findings.done["voided"] += 1


def bill(browser: Browser, random: Random, findings: Findings) -> None:
    """Compute a month to come, post it or throw it away."""
    # No more than a year may be billed ahead. A billed month has nothing left to post: the second time round every
    # run is thrown away.
    again, ahead = divmod(findings.done["started"], MOST_AHEAD)
    period = Period.of(clock.today()).plus(ahead + 1)
    findings.done["started"] += 1
    status, leads_to = browser.post(
        "/billing/start/", form={"community_id": 1, "period": str(period), "fee_item_id": FEE}
    )
    if not findings.check("billing start", status, {302}):
        return
    run_url = _end_of(browser, leads_to, findings)
    run = run_url.rsplit("/", 1)[-1]
    if not run.isdigit():
        return
    if again or random.random() < 0.3:
        findings.check("cancel", browser.post(f"/billing_run/do/cancel/{run}", form={})[0], {200, 302})
        findings.done["cancelled"] += 1
        return
    status, leads_to = browser.post(f"/billing_run/do/post/{run}", form={})
    if not findings.check("post", status, {302}):
        return
    if "/jobs/" not in leads_to:
        findings.wrong.append(f"post of {period} led to {leads_to}")
        return
    _end_of(browser, leads_to, findings)
    findings.done["billed"] += 1


def look(browser: Browser, random: Random, findings: Findings) -> None:
    """Open a list or the summary, now and then as Excel."""
    path = random.choice(LISTS)
    findings.check(path, browser.get(path)[0], {200})
    findings.done["looked"] += 1
    if random.random() < 0.2:
        status, _file = browser.post("/charge/export", form={})
        if findings.check("export", status, {200, 302}) and status == 302:
            # Long lists are written by a job. Whoever asks waits for the file before asking for the next.
            _end_of(browser, browser.leads_to, findings)
        findings.done["exported"] += 1


WORKERS: tuple[tuple[str, Step], ...] = (
    ("shoufei", collect),
    ("shoufei", collect),
    ("linqu", collect),
    ("jingli", bill),
    ("caiwu", look),
    ("caiwu", look),
)


def _end_of(browser: Browser, leads_to: str, findings: Findings) -> str:
    """Wait for a job; returns where it leads."""
    until = time.monotonic() + FINISHED_WITHIN
    job, text = leads_to.partition("?")[0].removesuffix("/"), ""
    while time.monotonic() < until:
        status, text = browser.get(f"{job}.json")
        if not findings.check("job", status, {200}):
            return ""
        told = json.loads(text)
        if told["state"] == "done":
            return str(told["go_url"] or "")
        if told["state"] not in ("queued", "running"):
            findings.wrong.append(f"job ended as {told['state']}: {told['message']}")
            return ""
        time.sleep(0.05)
    findings.wrong.append(f"{job} did not end: {text}")
    return ""
