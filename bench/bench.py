"""`make bench`: what the office does on this machine, a JSON object a line.

In full 100,000 rooms with twelve months; `--seconds 10` a town of some hundred rooms, to see that it measures.
`--office DIR` takes an instance that holds a demo already (made with DEMO_PASSWORD=Xiaoqu-2025) and adds to it.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from sqlalchemy import func, select

from app.estate.models import Community
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from bench.billing_run import measure_run
from bench.excel import measure_excel
from bench.figures import tell
from bench.office import app_of, furnish, rows_in
from bench.pages import measure_pages
from bench.run_post import measure_posting
from tests.cases.databases import NoServer, fresh_database
from tests.office_process import office

# The second community has 60 of them; the cashier's own has the round number.
FULL = {"rooms": 100_060, "months": 12, "requests": 50, "server_rooms": 20_000}
SHORT = {"rooms": 400, "months": 2, "requests": 2, "server_rooms": 200}
SHORT_BELOW = 120  # seconds


def main() -> int:
    """Measure everything; exit code 1 when a page or a run failed."""
    parser = argparse.ArgumentParser(description="测量办公系统在本机上的速度，每行一个 JSON。")
    parser.add_argument("--seconds", type=int, help="大约用时；小于 120 秒时用小规模数据")
    parser.add_argument("--office", type=Path, help="已有演示数据的 INSTANCE_DIR（会往里面写）")
    asked = parser.parse_args()
    scale = SHORT if asked.seconds and asked.seconds < SHORT_BELOW else FULL
    with tempfile.TemporaryDirectory(prefix="bench") as made:
        folder = Path(made)
        wrong = _measure(folder, asked.office, scale)
    for one in wrong:
        print(f"failed: {one}", file=sys.stderr)
    return 1 if wrong else 0


def _measure(folder: Path, given: Path | None, scale: dict[str, int]) -> list[str]:
    instance = given or folder / "instance"
    app = app_of(folder=instance)
    if given is None:
        took = furnish(app, rooms=scale["rooms"], months=scale["months"])
        tell("demo.seconds", took, "s")
        tell("demo.rows", rows_in(app) / took, "rows/s")
    with app.app_context(), acting_as(SYSTEM):
        community = db.session().scalar(select(func.min(Community.id))) or 0
        today = clock.today()
        database = Path(str(db.engine.url.database))
        db.session.remove()
        db.engine.dispose()
    with office(instance) as started:
        wrong = measure_pages(
            app=app, port=started.port, database=database, folder=folder, requests=scale["requests"]
        )
        wrong += measure_run(port=started.port, community=community, today=today)
    measure_posting(app=app, kind="sqlite")
    measure_excel(app=app, folder=folder)
    _measure_servers(folder, scale)
    return wrong


def _measure_servers(folder: Path, scale: dict[str, int]) -> None:
    """Measure posting on PostgreSQL, where it answers."""
    place = folder / "postgresql"
    place.mkdir()
    try:
        with fresh_database(kind="postgresql", folder=place) as url:
            app = app_of(folder=place, url=url)
            furnish(app, rooms=scale["server_rooms"], months=1)
            measure_posting(app=app, kind="postgresql")
            with app.app_context():
                db.engine.dispose()
    except NoServer as error:
        print(f"not there: {error}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
