"""A person's own jobs: progress, result, cancel."""

from pathlib import Path
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.lowcode.db import db
from app.lowcode.jobs import OPEN, Job, JobState, cancel, progress_of
from app.lowcode.permissions import for_anyone_logged_in
from app.lowcode.sentences import spoken
from app.lowcode.unit import in_unit_of_work

SHOWN = 10


class JobView(BaseView):
    """Jobs of the person at the page; anybody else's do not exist here."""

    route_base = "/jobs"
    default_view = "mine"

    @expose("/mine.json")
    @for_anyone_logged_in
    def mine(self) -> Any:
        """Return the latest jobs, for the indicator."""
        jobs = db.session.scalars(
            select(Job).where(Job.user_id == current_user.id).order_by(Job.id.desc()).limit(SHOWN)
        ).all()
        return {
            "jobs": [_to_json(job) for job in jobs],
            "running": sum(job.state in OPEN for job in jobs),
        }

    @expose("/<int:pk>")
    @for_anyone_logged_in
    def show(self, pk: int) -> Any:
        """One job: the bar while it runs, the result afterwards."""
        job = self._own(pk)
        return job_page(job, back_url=job.url or "/")

    @expose("/<int:pk>.json")
    @for_anyone_logged_in
    def status(self, pk: int) -> Any:
        """One job as data, for the bar."""
        return _to_json(self._own(pk))

    @expose("/<int:pk>/result")
    @for_anyone_logged_in
    def result(self, pk: int) -> Any:
        """Download what the job made."""
        job = self._own(pk)
        if not job.file or not Path(job.file).is_file():
            abort(404)
        return send_file(job.file, as_attachment=True, download_name=Path(job.file).name)

    @expose("/<int:pk>/cancel", methods=["POST"])
    @for_anyone_logged_in
    def cancel(self, pk: int) -> Any:
        """Ask the job to stop."""

        def operation() -> dict[str, Any]:
            job = self._own(pk)
            cancel(job)
            return _to_json(job)

        told = in_unit_of_work(operation)
        if request.accept_mimetypes.accept_html and not request.is_json:
            flash(_("已请求取消。"), "info")
            return redirect(f"/jobs/{pk}")
        return told

    def _own(self, pk: int) -> Job:
        job = db.session.get(Job, pk) if pk < 2**63 else None
        if job is None or job.user_id != current_user.id:
            abort(404)
        return job


def job_page(job: Job, *, back_url: str) -> str:
    """Return the page that follows a job: the bar while it runs, its message and its result afterwards."""
    told = _to_json(job)
    return render_template("job.html", job={**told, "url": f"{told['url']}.json"}, back_url=back_url)


def _to_json(job: Job) -> dict[str, Any]:
    done, total = progress_of(job)
    running = job.state in OPEN
    return {
        "id": job.id,
        "title": spoken(job.label),
        "state": job.state.value,
        "state_label": _(job.state.label),
        "running": running,
        "failed": job.state is JobState.FAILED,
        "percent": min(100, done * 100 // total) if running and total else None,
        "message": spoken(job.message)
        if job.message
        else (f"{done:,} / {total:,}" if running and total else ""),
        "url": f"/jobs/{job.id}",
        "cancel_url": f"/jobs/{job.id}/cancel" if running else None,
        "result_url": f"/jobs/{job.id}/result" if job.file else None,
        "go_url": job.url,
    }
