"""The import as a job: started once for an upload, stored in one unit, its result kept for its starter."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.estate.sales_import.dry_run import UploadGone, check, plan_of, template_of
from app.estate.sales_import.parser.columns import SheetLayout
from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.estate.sales_import.problem_sheet import write_problems
from app.estate.sales_import.unit import import_in_unit
from app.estate.sales_import.upload import Upload, find_upload, layouts_from, layouts_to_json, write_json
from app.estate.sales_import.writer import ImportResult
from app.kernel.errors import N_, DomainError
from app.kernel.sentences import sentence
from app.lowcode import listing
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.jobs import OPEN, Job, JobContext, JobHandler, JobState, start_job

KIND = "estate.import_sales"
CHECK = "estate.check_sales"
URL = "/import_sales"
TITLE = N_("导入销售数据")
CHECK_TITLE = N_("检查导入文件")


class RowsRejected(DomainError):
    """All or nothing was asked for, and some rows are wrong."""

    code = "rows_rejected"
    message = N_("有被拒绝的行，没有导入任何数据。请改好文件再导入，或选择“导入正确的行”。")


class StillChecking(DomainError):
    """The dry run of the file has not ended."""

    code = "still_checking"
    message = N_("文件还在检查，请等检查完毕再导入。")


def start_check(
    *,
    session: Session,
    upload: Upload,
    layouts: Sequence[SheetLayout] | None = None,
    community: str | None = None,
) -> Job:
    """Start the dry run of an upload, as it is set up or with another choice, which holds once it was checked."""
    params = {
        "token": upload.token,
        "language": listing.language_now(),
        "community": community,
        "layouts": layouts_to_json(layouts),
    }
    job = start_job(
        session=session,
        kind=CHECK,
        label=sentence(N_("检查导入文件 %(file)s"), file=upload.filename[:120]),
        params=params,
    )
    upload.check_id = job.id
    upload.save()
    return job


def check_of(*, session: Session, upload: Upload) -> Job | None:
    """Return the job of an upload's last dry run."""
    job = session.get(Job, upload.check_id) if upload.check_id is not None else None
    return job if job is not None and job.kind == CHECK and job.params.get("token") == upload.token else None


def check_job(run: JobContext) -> None:
    """Judge an upload; cancelled or failed it leaves the check and the choice before it as they were."""
    upload = find_upload(token=run.params["token"], user_id=current_actor().user_id)
    if upload is None:
        raise UploadGone
    run.url = f"{URL}/check/{upload.token}"
    if run.params["layouts"] is not None:
        upload.layouts = layouts_from(run.params["layouts"])
    if run.params["community"] is not None:
        upload.community = run.params["community"]
    check(session=db.session(), upload=upload, progress=run.progress)
    upload.save()


def start_import(*, session: Session, token: str, good_rows: bool) -> Job:
    """Start the import of an upload, or find the one that was started before. Raises UploadGone, RowsRejected."""
    user_id = current_actor().user_id
    # Two presses at once: the second waits here, and then sees the first one's job.
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    upload = find_upload(token=token, user_id=user_id)
    if upload is None:
        raise UploadGone
    job = job_of(session=session, upload=upload)
    if job is not None:
        return job
    checking = check_of(session=session, upload=upload)
    if checking is not None and checking.state in OPEN:
        raise StillChecking
    found = upload.check
    if found is None or found["error"]:
        raise UploadGone
    if found["rejected"] and not good_rows:
        raise RowsRejected
    job = start_job(
        session=session,
        kind=KIND,
        label=sentence(N_("导入销售数据 %(file)s"), file=upload.filename[:120]),
        params={"token": token, "good_rows": good_rows, "language": listing.language_now()},
    )
    upload.job_id = job.id
    upload.save()
    return job


def job_of(*, session: Session, upload: Upload) -> Job | None:
    """Return the job that imports or has imported an upload; None when none was started, or it failed or was cancelled."""
    job = session.get(Job, upload.job_id) if upload.job_id is not None else None
    if job is None or job.kind != KIND or job.params.get("token") != upload.token:
        return None
    return None if job.state in (JobState.FAILED, JobState.CANCELLED) else job


def import_job(run: JobContext) -> None:
    """Store the plan of an upload: everything or nothing, and once, however often the job is begun again."""
    token = run.params["token"]
    run.url = f"{URL}/check/{token}"
    upload = find_upload(token=token, user_id=current_actor().user_id)
    with listing.in_language(run.params["language"]):
        if not run.params.get("stored"):
            if upload is None:
                raise UploadGone
            _store(run, upload)
        told = result_of(job_id=run.job_id)
        if told is None:
            raise UploadGone
        if told["rejected"] or told["warnings"]:
            run.new_file(_problems_name())
        run.message = _("已导入 %(count)d 行。", count=told["imported"])
    run.url = f"{URL}/result/{run.job_id}"
    if upload is not None:
        upload.spend()


IMPORT_JOB = JobHandler(KIND, import_job)
CHECK_JOB = JobHandler(CHECK, check_job)


def _store(run: JobContext, upload: Upload) -> None:
    plan = plan_of(upload=upload)
    if plan.rejected and not run.params["good_rows"]:
        raise RowsRejected
    run.progress(0, plan.rows)

    def keep(result: ImportResult) -> None:
        # Still inside the unit: a cancel takes everything back, a kill after the commit finds `stored` and repeats nothing.
        run.progress(plan.rows, plan.rows)
        told = result.report
        told = {**told, "filename": upload.filename, "communities": result.communities, **_spoken(told, plan)}
        write_json(path=run.new_file("result.json"), value=told)
        run.file = None
        if told["rejected"] or told["warnings"]:
            write_problems(path=run.new_file(_problems_name()), title=upload.filename, found=told)
        statement = update(Job).where(Job.id == run.job_id).values(params={**run.params, "stored": True})
        db.session.execute(statement)

    import_in_unit(plan=plan, good_rows=run.params["good_rows"], keep=keep, progress=run.progress)


def result_of(*, job_id: int) -> dict[str, Any] | None:
    """Return the report that an import left; None when there is none any more."""
    path = Path(current_app.config["INSTANCE_DIR"]) / "files" / "jobs" / str(job_id) / "result.json"
    found: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    return found


def _spoken(told: dict[str, Any], plan: SalesPlan) -> dict[str, Any]:
    """Return the report's sentences in the reader's language, of what was found in the file."""
    said = {
        (one.sheet, one.row, one.code, one.message): _(template_of(code=one.code), **one.params)
        for one in (*plan.rejected, *plan.warnings)
    }
    return {
        name: [
            {
                **one,
                "message": said.get((one["sheet"], one["row"], one["code"], one["message"]), one["message"]),
            }
            for one in told[name]
        ]
        for name in ("rejected", "warnings")
    }


def _problems_name() -> str:
    return f"{_('问题清单')}.xlsx"
