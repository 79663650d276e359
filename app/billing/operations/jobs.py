"""The long work of billing: computing in chunks of a unit each, posting in one; keeping a sheet of readings in one."""

from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import BillingRun
from app.billing.operations.reading_sheet import check_sheet
from app.billing.operations.readings import ReadingsRefused, record_readings
from app.billing.operations.run_computation import Computing, assignments_of
from app.billing.operations.run_post import post_run
from app.billing.operations.runs import begin_computing, cancel_run, move_run, sum_up
from app.billing.operations.staleness import refuse_stale
from app.billing.states import RunState
from app.estate.sales_import.dry_run import UploadGone
from app.estate.sales_import.upload import find_upload
from app.kernel.errors import N_, DomainError
from app.kernel.presence import present
from app.kernel.sentences import sentence
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.jobs import Cancelled, Job, JobContext, JobHandler, start_job
from app.lowcode.scope import locked
from app.lowcode.unit import JOBS_PATIENCE, in_unit_of_work

READINGS = "billing.readings"
FAILED = N_("计算出错，已记录。请作废后重试，或联系管理员。")


def _abandon(job: JobContext) -> None:
    """Leave no run waiting for a job that was cancelled before it began."""
    session = db.session()
    run = locked(session=session, model=BillingRun, row_id=int(job.params["run"]))
    if run.state is RunState.COMPUTING:
        cancel_run(session=session, run_id=run.id)
    elif run.state is RunState.POSTING:
        move_run(session=session, run=run, action="give_back")


def compute_job(job: JobContext) -> None:
    """Compute a run's lines; started again after a kill it begins again, cancelled it leaves nothing."""
    run_id = int(job.params["run"])
    job.url = f"/billing_run/show/{run_id}"
    try:
        _compute(job, run_id)
    except Cancelled:
        in_unit_of_work(lambda: _throw_away(db.session(), run_id), patience=JOBS_PATIENCE)
        raise
    except Exception as error:
        message = error.text() if isinstance(error, DomainError) else FAILED
        in_unit_of_work(lambda: _fail(db.session(), run_id, message), patience=JOBS_PATIENCE)
        raise


def _throw_away(session: Session, run_id: int) -> None:
    if locked(session=session, model=BillingRun, row_id=run_id).state is RunState.COMPUTING:
        cancel_run(session=session, run_id=run_id)


def _fail(session: Session, run_id: int, message: str) -> None:
    run = locked(session=session, model=BillingRun, row_id=run_id)
    if run.state is RunState.COMPUTING:
        run.message = message
        move_run(session=session, run=run, action="fail")


def _compute(job: JobContext, run_id: int) -> None:
    computing, total = in_unit_of_work(lambda: _begin(db.session(), run_id), patience=JOBS_PATIENCE)
    if computing is None:
        return
    done, more = 0, True
    while more:
        job.progress(done, total)
        chunk = partial(_chunk, db.session(), run_id, computing, computing.last)
        found, job.message = in_unit_of_work(chunk, patience=JOBS_PATIENCE)
        if found is None:
            return
        done, more = done + found, found > 0
    job.progress(total, total)


def _begin(session: Session, run_id: int) -> tuple[Computing | None, int]:
    """Return what holds for the whole run, and of how many assignments; None for one that is not computed any more."""
    run = locked(session=session, model=BillingRun, row_id=run_id)
    if run.state is not RunState.COMPUTING:
        return None, 0
    computing = begin_computing(session=session, run=run)
    assignments = select(func.count()).select_from(assignments_of(computing.month).subquery())
    return computing, session.scalar(assignments) or 0


def _chunk(session: Session, run_id: int, computing: Computing, after: int) -> tuple[int | None, str]:
    """Write the lines of the assignments behind `after`; how many, 0 at the end, None once the run is thrown away."""
    run = locked(session=session, model=BillingRun, row_id=run_id)
    if run.state is not RunState.COMPUTING:
        return None, ""
    computing.last = after  # an attempt that met a lock has gone on, and left nothing
    found = computing.next_chunk(session=session, run=run)
    if found:
        return found, ""
    sum_up(session=session, run=run)
    return 0, sentence(N_("共 %(count)s 笔，合计 %(total)s 元。"), count=run.lines, total=run.total)


def post_job(job: JobContext) -> None:
    """Post a run: killed at any moment everything or nothing is posted, and the start after it does the rest."""
    run_id = int(job.params["run"])
    job.url = f"/billing_run/show/{run_id}"
    try:
        job.progress(0, 1)
        posted = in_unit_of_work(lambda: _post(db.session(), run_id), patience=JOBS_PATIENCE)
        if posted is not None:
            job.message = sentence(N_("已入账 %(count)s 笔。"), count=posted)
    except Exception:
        in_unit_of_work(lambda: _give_back(db.session(), run_id), patience=JOBS_PATIENCE)
        raise
    # No progress report here: it could still find a request to cancel, and the charges stand.


def _post(session: Session, run_id: int) -> int | None:
    """Post the run and return its charges; None where it was posted before, by a job killed afterwards, or thrown away."""
    run = locked(session=session, model=BillingRun, row_id=run_id)
    if run.state is not RunState.POSTING:
        return None
    refuse_stale(session=session, run=run)
    posted = post_run(session=session, run=run)
    move_run(session=session, run=run, action="posted")
    return posted


def _give_back(session: Session, run_id: int) -> None:
    run = locked(session=session, model=BillingRun, row_id=run_id)
    if run.state is RunState.POSTING:
        move_run(session=session, run=run, action="give_back")


def start_reading_import(*, session: Session, token: str, filename: str) -> Job:
    """Start keeping the sheet that was uploaded under a token."""
    label = sentence(N_("导入读数 %(file)s"), file=filename[:120])
    return start_job(session=session, kind=READINGS, label=label, params={"token": token})


def readings_job(job: JobContext) -> None:
    """Keep a sheet of readings, all or none; begun again it finds what it has kept, and adds nothing."""
    upload = find_upload(token=job.params["token"], user_id=current_actor().user_id, purpose=READINGS)
    sheets = None if upload is None else upload.sheets
    if upload is None or sheets is None:
        raise UploadGone
    community_id, today = int(upload.community), clock.today()

    def operation() -> int:
        session = db.session()
        checked = check_sheet(session=session, community_id=community_id, sheets=sheets, today=today)
        if checked.refused:
            first = checked.refused[0]
            raise ReadingsRefused(
                count=len(checked.refused), meter=first.number, why=present(first.refusal).text()
            )
        job.progress(0, 1)
        judged = record_readings(
            session=session, community_id=community_id, wanted=checked.wanted, today=today
        )
        return sum(not one.known for one in judged)

    count = in_unit_of_work(operation, patience=JOBS_PATIENCE)
    job.message = sentence(N_("已导入 %(count)s 条读数。"), count=count)
    job.url = "/meter_reading/list/"


JOBS = (
    JobHandler("billing.compute", compute_job, _abandon),
    JobHandler("billing.post", post_job, _abandon),
    JobHandler(READINGS, readings_job),
)
