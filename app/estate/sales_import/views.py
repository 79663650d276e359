"""导入销售数据: a file is uploaded, looked at, corrected in how it is read, and imported as a job."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from flask import abort, current_app, redirect, render_template, request, send_file
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import StringField
from wtforms.validators import Length

from app.estate.sales_import.dry_run import MOST_SHEETS, choose, sheets_of, template_of
from app.estate.sales_import.job import (
    CHECK_TITLE,
    KIND,
    TITLE,
    URL,
    check_of,
    job_of,
    result_of,
    start_check,
    start_import,
)
from app.estate.sales_import.labels import KINDS
from app.estate.sales_import.parser.headings import COLUMNS, HEADING_NAMES, SheetKind
from app.estate.sales_import.problem_sheet import problems_file
from app.estate.sales_import.upload import Upload, find_upload, keep_upload
from app.kernel.errors import N_, DomainError
from app.lowcode.db import db
from app.lowcode.errors import SENTENCES, message_of, refusal
from app.lowcode.jobs import OPEN, Job, JobState
from app.lowcode.pages import FormPage
from app.lowcode.permissions import may, needs
from app.lowcode.unit import in_unit_of_work
from app.lowcode.views.jobs import job_page
from app.lowcode.workbook import read_workbook

ENDINGS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".txt")
MOST_PROBLEMS: Final = 500
LONGEST_NAME: Final = 80
Findings = Sequence[Mapping[str, Any]]


class SalesUploadForm(FlaskForm):
    """The file, and the community of a sheet that names none."""

    file = FileField(N_("文件"), render_kw={"accept": ",".join(ENDINGS)})
    community = StringField(
        N_("小区名称"),
        [Length(max=LONGEST_NAME, message=N_("最多 80 个字。"))],
        description=N_("工作表没有写小区时填写。"),
    )


class SalesImportView(BaseView):
    """The wizard's pages; an upload exists for its owner only."""

    route_base = URL
    menu_path = "/"
    default_view = "upload"
    class_permission_name = "SalesImport"

    def create_blueprint(self, *args: Any, **options: Any) -> Any:
        """With an answer of its own to a file that is too large to be read at all."""
        blueprint = super().create_blueprint(*args, **options)
        blueprint.register_error_handler(RequestEntityTooLarge, self.too_large)
        return blueprint

    @expose("/", methods=["GET", "POST"])
    @needs("import")
    def upload(self) -> Any:
        """Ask for the file; a readable one is kept and looked at."""
        form = SalesUploadForm()
        if form.validate_on_submit():
            sent = form.file.data
            name = PurePath(sent.filename.replace("\\", "/")).name[-120:] if sent else ""
            if not name:
                form.file.errors = [_("请选择文件。")]
            elif not name.lower().endswith(ENDINGS):
                form.file.errors = [_("请选择 Excel 表格文件。")]
            else:
                try:
                    return self._keep(sent.read(), name, (form.community.data or "").strip())
                except DomainError as error:
                    form.file.errors = [message_of(error)]
        return _upload_page(form)

    def _keep(self, content: bytes, name: str, community: str) -> Any:
        sheets = read_workbook(content=content, filename=name, headings=HEADING_NAMES)
        upload = keep_upload(sheets=sheets, filename=name, community=community, user_id=current_user.id)
        in_unit_of_work(lambda: start_check(session=db.session(), upload=upload).id)
        return redirect(f"{URL}/check/{upload.token}")

    def too_large(self, error: RequestEntityTooLarge) -> Any:
        """Return the form again, with what is wrong beside the file."""
        if not may("import", self.class_permission_name):
            return refusal(_(SENTENCES[413]), 413)
        form: Any = SalesUploadForm(formdata=None)
        most = (current_app.config["MAX_CONTENT_LENGTH"] or 0) // 1024**2
        form.file.errors = [_("文件太大，最多 %(most)d MB。请删去无关的工作表和图片后再导入。", most=most)]
        return _upload_page(form)

    @expose("/check/<token>", methods=["GET", "POST"])
    @needs("import")
    def check(self, token: str) -> Any:
        """Return what an import would do; with other choices posted, looked at again."""
        upload = self._own(token)
        job = job_of(session=db.session(), upload=upload)
        if job is not None:
            return redirect(f"{URL}/result/{job.id}")
        checking, found = check_of(session=db.session(), upload=upload), upload.check
        if checking is not None and (checking.state in OPEN or found is None):
            return job_page(checking, back_url=f"{URL}/")
        if found is None:
            abort(404)
        wrong: dict[str, str] = {}
        if request.method == "POST":
            sheets = sheets_of(upload=upload)
            layouts, refused = choose(sheets=sheets, known=found["sheets"], typed=request.form)
            wrong = {name: message_of(error) for name, error in refused.items()}
            community = request.form.get("community", "").strip()
            if len(community) > LONGEST_NAME:
                wrong["community"] = _("最多 80 个字。")
            if not wrong:
                in_unit_of_work(
                    lambda: (
                        start_check(
                            session=db.session(), upload=upload, layouts=layouts, community=community
                        ).id
                    )
                )
                return redirect(request.path)
        return _check_page(upload, found, wrong)

    @expose("/check/<token>/problems")
    @needs("import")
    def problems(self, token: str) -> Any:
        """Everything wrong or odd in the file, as Excel."""
        upload = self._own(token)
        found = upload.check
        if found is None:
            abort(404)
        told = {name: _translated(found[name]) for name in ("rejected", "warnings")}
        data = problems_file(title=upload.filename, found=told)
        return send_file(data, as_attachment=True, download_name=f"{_('问题清单')}.xlsx")

    @expose("/check/<token>/start", methods=["POST"])
    @needs("import")
    def start(self, token: str) -> Any:
        """Start the import, once: whoever presses twice comes to the same job."""
        self._own(token)
        good_rows = bool(request.form.get("good_rows"))
        job_id = in_unit_of_work(
            lambda: start_import(session=db.session(), token=token, good_rows=good_rows).id
        )
        return redirect(f"/jobs/{job_id}")

    @expose("/result/<int:pk>")
    @needs("import")
    def result(self, pk: int) -> Any:
        """Return what an import made, and what it left out."""
        job = db.session.get(Job, pk) if pk < 2**63 else None
        if job is None or job.user_id != current_user.id or job.kind != KIND:
            abort(404)
        if job.state in OPEN or job.state is not JobState.DONE:
            return redirect(f"/jobs/{pk}")
        told = result_of(job_id=pk)
        if told is None:
            abort(404)
        return render_template(
            "estate/import_result.html",
            title=_("导入结果"),
            told=told,
            created=_created(told["created"]),
            **_problems(told),
            download_url=f"/jobs/{pk}/result" if job.file else None,
            again_url=f"{URL}/",
            rooms_url="/room/list/" if may("read", "Room") else None,
        )

    def _own(self, token: str) -> Upload:
        upload = find_upload(token=token, user_id=current_user.id)
        if upload is None:
            abort(404)
        return upload


def _upload_page(form: Any) -> Any:
    for one in (form.file, form.community):
        one.label.text = _(str(one.label.text))
        one.description = _(str(one.description)) if one.description else ""
        one.errors = [_(str(error)) for error in one.errors]
    page = FormPage(
        title=_(TITLE), form=form, groups=[("", ["file", "community"])], back_url="/", submit=_("上传并检查")
    )
    return render_template("form.html", page=page), 422 if form.errors else 200


def _check_page(upload: Upload, found: dict[str, Any], wrong: Mapping[str, str]) -> Any:
    typed = request.form if wrong else {}
    refused = found["error"]
    sentence = _(refused["message"], **refused["params"]) if refused else ""
    rejected_rows = found["rows"] - found["accepted"]
    why = ""
    if refused:
        why = sentence
    elif not found["accepted"]:
        why = _("没有可以导入的行。")
    elif rejected_rows:
        why = _(
            "有 %(count)d 行被拒绝，不能全部导入。请改好文件重新上传，或导入正确的行。", count=rejected_rows
        )
    told = {name: _translated(found[name][:MOST_PROBLEMS]) for name in ("rejected", "warnings")}
    return render_template(
        "estate/import_check.html",
        title=_(CHECK_TITLE),
        filename=upload.filename,
        community=typed.get("community", upload.community),
        refused=sentence,
        unnamed=bool(refused) and refused["code"] == "unnamed_community",
        sheets=[_sheet(index, one, typed, wrong) for index, one in enumerate(found["sheets"][:MOST_SHEETS])],
        kinds=[("", _("不导入")), *((kind.value, _(label)) for kind, label in KINDS.items())],
        more_sheets=max(len(found["sheets"]) - MOST_SHEETS, 0),
        wrong=wrong,
        rejected_rows=rejected_rows,
        counts=[
            (_("数据行"), found["rows"]),
            (_("可导入"), found["accepted"]),
            (_("被拒绝"), rejected_rows),
            (_("跳过"), found["skipped"]),
            (_("提醒"), len(found["warnings"])),
        ],
        **_problems(told, len(found["rejected"]) + len(found["warnings"])),
        why=why,
        good_rows=not refused and bool(found["accepted"]) and rejected_rows > 0,
        download_url=f"{URL}/check/{upload.token}/problems",
        start_url=f"{URL}/check/{upload.token}/start",
        upload_url=f"{URL}/",
    ), 422 if wrong else 200


def _sheet(
    index: int, one: Mapping[str, Any], typed: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, Any]:
    """Return a sheet as the page shows it: its choices as typed, else as checked."""
    guessed = {place: key for key, place in one["columns"].items()}
    columns = [
        {
            "name": f"column-{index}-{place}",
            "heading": heading,
            "chosen": typed.get(f"column-{index}-{place}", guessed.get(place, "")),
        }
        for place, heading in enumerate(one["headings"])
        if heading.strip() or place in guessed
    ]
    kind = one["kind"]
    return {
        **one,
        "index": index,
        "columns": columns,
        "options": [("", _("不导入")), *((c.key, _(c.label)) for c in COLUMNS[SheetKind(kind)])]
        if kind
        else [],
        "chosen_kind": typed.get(f"kind-{index}", kind),
        "label": _(KINDS[SheetKind(kind)]) if kind else _("不导入"),
        "row": typed.get(f"row-{index}", one["header_row"]),
        "wrong": any(name.partition("-")[2].partition("-")[0] == str(index) for name in wrong),
        "read": sum(1 for column in columns if column["chosen"]),
    }


def _translated(findings: Findings) -> Findings:
    """Return findings of a dry run with their sentence in the reader's language."""
    return [{**one, "message": _(template_of(code=one["code"]), **one["params"])} for one in findings]


def _problems(told: Mapping[str, Findings], count: int | None = None) -> dict[str, Any]:
    """As many problems as a page shows, the rejected ones first, and how many there are."""
    lines = [
        {**one, "rejected": name == "rejected"} for name in ("rejected", "warnings") for one in told[name]
    ]
    return {"problems": lines[:MOST_PROBLEMS], "problem_count": len(lines) if count is None else count}


def _created(made: Mapping[str, int]) -> list[tuple[str, int]]:
    words = {
        "building": _("楼宇"),
        "room": _("房间"),
        "customer": _("客户"),
        "occupancy": _("入住关系"),
        "parking_space": _("车位"),
    }
    return [(word, made[name]) for name, word in words.items()]
