"""抄表 by Excel: a template with the last readings, uploaded again, looked at whole, kept whole by a job."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePath
from typing import Any, Final

import xlsxwriter
from flask import abort, redirect, render_template, request, send_file
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from app.billing.operations.jobs import READINGS, start_reading_import
from app.billing.operations.reading_sheet import DAY, HEADINGS, NUMBER, ROLLOVER, VALUE, Checked, check_sheet
from app.billing.queries.reading_grid import GridQuery, grid_of
from app.billing.views.reading_grid import URL, asked_of, day_of, grid_form
from app.estate.sales_import.upload import Upload, find_upload, keep_upload
from app.kernel.errors import N_, DomainError
from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.errors import message_of
from app.lowcode.excel import clean_text, set_up_print
from app.lowcode.page_form import form_page, remote_select, translate
from app.lowcode.pages import Button
from app.lowcode.permissions import needs
from app.lowcode.unit import in_unit_of_work
from app.lowcode.workbook import Sheet, read_workbook

ENDINGS: Final = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
SHOWN: Final = 500
TITLE: Final = N_("导入读数")


class ReadingUploadForm(FlaskForm):
    """The filled template, and the community whose meters it reads."""

    community_id = remote_select(N_("小区"), "Community", "/meter_reading/select/community_id", required=True)
    file = FileField(N_("文件"), render_kw={"accept": ",".join(ENDINGS)})


class ReadingSheetView(BaseView):
    """The template, the upload and its dry run; an upload exists for its owner only."""

    route_base = URL.rstrip("/")
    menu_path = "/"
    default_view = "upload"
    class_permission_name = "MeterReading"

    @expose("/template")
    @needs("import")
    def template(self) -> Any:
        """Return the chosen meters with their last readings, to be filled in."""
        form = grid_form()
        asked = asked_of(form)
        if asked is None:
            return redirect(URL)
        return send_file(
            _template(asked, day_of(form, asked.period).isoformat()),
            as_attachment=True,
            download_name=f"{_('抄表')}-{asked.period}.xlsx",
            mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )

    @expose("/import", methods=["GET", "POST"])
    @needs("import")
    def upload(self) -> Any:
        """Ask for the file; a readable one is kept and looked at."""
        form: Any = translate(ReadingUploadForm())
        if request.method == "GET":
            given = request.args.get("community_id", "")
            form.community_id.data = (
                int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
            )
        elif form.validate():
            sent = form.file.data
            name = PurePath(sent.filename.replace("\\", "/")).name[-120:] if sent else ""
            if not name.lower().endswith(ENDINGS):
                form.file.errors = [_("请选择填好的抄表模板（Excel 文件）。")]
            else:
                try:
                    return self._keep(form.community_id.data, sent.read(), name)
                except DomainError as error:
                    form.file.errors = [message_of(error)]
        return form_page(form, title=_(TITLE), back=URL, submit=_("上传并检查"))

    def _keep(self, community_id: int, content: bytes, name: str) -> Any:
        sheets = read_workbook(content=content, filename=name, headings=HEADINGS)
        # Refuses what has no readings before anything is kept.
        _check(community_id, sheets)
        upload = keep_upload(
            sheets=sheets,
            filename=name,
            community=str(community_id),
            user_id=current_user.id,
            purpose=READINGS,
        )
        return redirect(f"{URL}import/{upload.token}")

    @expose("/import/<token>")
    @needs("import")
    def check(self, token: str) -> Any:
        """Return what an import would keep, and everything that is wrong, judged as things stand now."""
        upload, sheets = _own(token)
        checked = _check(int(upload.community), sheets)
        several = checked.sheets > 1
        lines = [
            {
                "row": f"{one.sheet} {one.row}" if several else one.row,
                "number": one.number,
                "wrong": one.refusal is not None,
                "message": message_of(one.refusal) if one.refusal else _("用量异常，请核对。"),
            }
            for one in [
                *checked.refused,
                *(line for line in checked.lines if line.unusual and not line.refusal),
            ]
        ]
        known = sum(one.known for one in checked.lines)
        fresh = len(checked.lines) - len(checked.refused) - known
        return render_template(
            "billing/readings_check.html",
            title=_("检查读数文件"),
            filename=upload.filename,
            lines=lines[:SHOWN],
            remarks=_remarks(checked),
            more=max(0, len(lines) - SHOWN),
            refused=len(checked.refused),
            fresh=fresh,
            counts=[
                (_("可导入"), fresh),
                (_("已有相同读数"), known),
                (_("未填读数"), checked.empty),
                (_("有错误"), len(checked.refused)),
            ],
            start_url=f"{URL}import/{token}/start",
            buttons=[
                Button("again", _("重新上传"), f"{URL}import?community_id={upload.community}", "file-upload")
            ],
        )

    @expose("/import/<token>/start", methods=["POST"])
    @needs("import")
    def start(self, token: str) -> Any:
        """Start the import; whoever presses twice starts a second job that finds everything kept."""
        upload, _sheets = _own(token)
        job_id = in_unit_of_work(
            lambda: start_reading_import(session=db.session(), token=token, filename=upload.filename).id
        )
        return redirect(f"/jobs/{job_id}")


def _own(token: str) -> tuple[Upload, tuple[Sheet, ...]]:
    upload = find_upload(token=token, user_id=current_user.id, purpose=READINGS)
    sheets = None if upload is None else upload.sheets
    if upload is None or sheets is None:
        abort(404)
    return upload, sheets


def _check(community_id: int, sheets: Sequence[Sheet]) -> Checked:
    return check_sheet(session=db.session(), community_id=community_id, sheets=sheets, today=clock.today())


def _remarks(checked: Checked) -> list[str]:
    """Return what is to be said of the file as a whole."""
    remarks = [_("隐藏的工作表“%(name)s”没有读取。", name=title) for title in checked.hidden_sheets]
    if checked.hidden_rows:
        remarks.append(_("有 %(count)d 行被隐藏或筛选掉了，也一并读取。", count=checked.hidden_rows))
    return remarks


def _template(asked: GridQuery, day: str) -> BytesIO:
    data = BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_("抄表"))
        head = book.add_format({"bold": True, "bg_color": "#EEF2F6", "bottom": 1})
        filled = book.add_format({"bg_color": "#FFF9E6", "border": 1, "border_color": "#DDDDDD"})
        # The headings are the same in every language: the file is read by them.
        headings = (NUMBER, "房间或位置", "表类型", "上次抄表", "上次读数", DAY, VALUE, ROLLOVER)
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading, head)
        for place, width in enumerate((18, 16, 10, 12, 12, 12, 14, 8)):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 0)
        set_up_print(sheet, 0)
        line = 0
        for one in grid_of(session=db.session(), asked=asked):
            if one.reading_id is not None or one.later:
                continue
            line += 1
            cells = (
                one.number,
                one.room or one.place,
                _(one.kind.label),
                one.last_day.isoformat() if one.last_day else "",
            )
            for place, text in enumerate(cells):
                sheet.write_string(line, place, clean_text(text))
            sheet.write_number(line, 4, one.last)
            sheet.write_string(line, 5, day)
            sheet.write_blank(line, 6, None, filled)
            sheet.write_blank(line, 7, None, filled)
        sheet.data_validation(
            1, 7, max(line, 1), 7, {"validate": "list", "source": ["是"], "ignore_blank": True}
        )
    data.seek(0)
    return data
