"""抄表录入: a page for the keyboard. Each row is kept in a unit of its own, so that one that is refused stops no other."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import abort, render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from app.billing import operations
from app.billing.operations import NewReading
from app.billing.queries.reading_grid import GridQuery, GridRow, count_unread, grid_of, progress_of
from app.billing.states import MeterKind
from app.estate.models import Community
from app.kernel.cells import read_date, read_decimal
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_exact
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.errors import message_of
from app.lowcode.forms import DayField, Given, MonthField
from app.lowcode.home import Task
from app.lowcode.listing import narrowing_begins
from app.lowcode.page_form import REQUIRED, remote_select, translate
from app.lowcode.pages import Button, Pager
from app.lowcode.permissions import may, needs
from app.lowcode.requests import takes_json
from app.lowcode.unit import in_unit_of_work

URL = "/billing/readings/"
SIZE = 500
MOST_AT_ONCE = 50  # rows of one request: a second's work


class ValueMissing(DomainError):
    """An empty cell sent to be kept."""

    code = "missing_input"
    message = N_("请填写读数。")


class GridForm(FlaskForm):
    """Which meters, of which month, read on which day."""

    class Meta:
        """It only asks."""

        csrf = False

    community_id = remote_select(N_("小区"), "Community", "/meter_reading/select/community_id", required=True)
    building_id = remote_select(
        N_("楼宇"), "Building", "/meter_reading/select/building_id", depends="community_id"
    )
    kind = SelectField(
        N_("表类型"),
        choices=[SelectChoice("", N_("全部")), *(SelectChoice(one.value, one.label) for one in MeterKind)],
        default="",
    )
    period = MonthField(N_("账期"), [Given(REQUIRED)])
    day = DayField(N_("抄表日期"), [Optional()], description=N_("这一页录入的读数都记在这一天。"))
    unread = BooleanField(N_("只看未抄的"))
    needed = BooleanField(N_("只看挡住出账的"))


class ReadingGridView(BaseView):
    """抄表录入."""

    route_base = "/billing/readings"
    menu_path = "/"
    default_view = "grid"
    class_permission_name = "MeterReading"

    @expose("/")
    @needs("read")
    def grid(self) -> Any:
        """Return the meters of a month; who may not add sees them without inputs."""
        form = grid_form()
        asked = asked_of(form)
        page = _page_number()
        rows: Sequence[GridRow] = []
        progress = None
        if asked is not None:
            progress = progress_of(session=db.session(), asked=asked)
            rows = grid_of(session=db.session(), asked=asked, start=(page - 1) * SIZE, size=SIZE)
        day = None if asked is None else day_of(form, asked.period)
        note = None if asked is None else _note(form.day.data, day, asked.period)
        form.day.data, form.day.raw_data = day, None
        return render_template(
            "billing/readings.html",
            form=form,
            asked=asked,
            rows=[_to_json(one) for one in rows],
            progress=progress,
            day=day,
            note=note,
            may_add=may("add", "MeterReading") and not _is_ahead(day),
            may_correct=may("correct", "MeterReading"),
            remedies={
                one.meter_id: _remedies(one, asked)
                for one in rows
                if asked is not None and one.reading_id is None
            },
            buttons=_buttons(asked),
            save_url=f"{URL}save",
            most=MOST_AT_ONCE,
            pager=None if progress is None or asked is None else _pager(asked, progress, page),
        )

    @expose("/save", methods=["POST"])
    @needs("add")
    @takes_json
    def save(self) -> Any:
        """Keep some rows, each by itself; answers for each what became of it."""
        sent: Any = request.get_json(silent=True)
        try:
            community_id, day = int(sent["community_id"]), read_date(str(sent["day"]))
            rows = [(int(row["meter"]), str(row["value"]), bool(row.get("rollover"))) for row in sent["rows"]]
        except (TypeError, KeyError, ValueError, AttributeError, DomainError):
            abort(400)
        if day is None or not 1 <= len(rows) <= MOST_AT_ONCE or not all(0 < row[0] < 2**63 for row in rows):
            abort(400)
        return {"rows": [_kept(community_id, day, *row) for row in rows]}


def meters_waiting() -> Iterator[Task]:
    """Return what somebody who reads meters has to do: those not read this month."""
    period = Period.of(clock.today())
    count = count_unread(session=db.session(), period=period)
    if count:
        query = urlencode({"period": str(period), "unread": "y"})
        yield Task(_("%(period)s 还没有抄的表", period=str(period)), f"{URL}?{query}", count)


def grid_form() -> Any:
    """Return the form as the URL fills it in, else as things stand: the chosen node of the tree, this month."""
    given = MultiDict(request.args)
    for name, value in _begins().items():
        given.setdefault(name, value)
    return translate(GridForm(given))


def asked_of(form: Any) -> GridQuery | None:
    """Return what the form asks for; None while it names no community or month."""
    if not form.validate():
        return None
    return GridQuery(
        community_id=form.community_id.data,
        period=form.period.data,
        building_id=form.building_id.data,
        kind=MeterKind(form.kind.data) if form.kind.data else None,
        unread=form.unread.data,
        needed=form.needed.data,
    )


def grid_url(asked: GridQuery, **more: Any) -> str:
    """Return the page of these meters."""
    return f"{URL}?{urlencode(parameters(asked) | more)}"


def parameters(asked: GridQuery) -> dict[str, Any]:
    """Return what is asked for, as a URL says it."""
    found = {
        "community_id": asked.community_id,
        "building_id": asked.building_id,
        "period": str(asked.period),
        "kind": asked.kind and asked.kind.value,
        "unread": "y" if asked.unread else None,
        "needed": "y" if asked.needed else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _begins() -> Mapping[str, str]:
    node = {} if "community_id" in request.args else narrowing_begins()
    found = {name: node[name] for name in ("community_id", "building_id") if name in node}
    if "community_id" not in {*found, *request.args}:
        mine = db.session().scalars(select(Community.id).limit(2)).all()
        found |= {"community_id": str(mine[0])} if len(mine) == 1 else {}
    return found | {"period": str(Period.of(clock.today()))}


def day_of(form: Any, period: Period) -> date:
    """Return the day that readings are kept on: the one given, else the day of the month nearest to today."""
    day: date | None = form.day.data
    return day if day is not None and Period.of(day) == period else period.nearest(clock.today())


def _is_ahead(day: date | None) -> bool:
    return day is not None and day > clock.today()


def _note(given: date | None, day: date | None, period: Period) -> str | None:
    """Return what is to be known before anybody types: a month that has not come, a day that was put right."""
    if _is_ahead(day):
        return _("%(period)s 还没有到，不能录入读数。", period=str(period))
    if given is not None and given != day:
        return _(
            "抄表日期 %(given)s 不在账期 %(period)s 里，改为 %(day)s。",
            given=str(given),
            period=str(period),
            day=str(day),
        )
    return None


def _page_number() -> int:
    page = request.args.get("page", "1")
    return max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1


def _kept(community_id: int, day: Any, meter_id: int, text: str, rollover: bool) -> dict[str, Any]:
    try:
        value = read_decimal(text)
        if value is None:
            raise ValueMissing
        wanted = NewReading(meter_id=meter_id, day=day, value=value, rollover=rollover)
        (judged,) = in_unit_of_work(
            lambda: operations.record_readings(
                session=db.session(), community_id=community_id, wanted=[wanted], today=clock.today()
            )
        )
    except DomainError as error:
        return {"meter": meter_id, "error": message_of(error)}
    return {
        "meter": meter_id,
        "used": format_exact(judged.used or Decimal(0), 0),
        "unusual": judged.unusual,
        "value": format_exact(value, 0),
        "id": judged.reading_id,
    }


def _to_json(one: GridRow) -> dict[str, Any]:
    """Return a row as the template and its script read it."""
    return {
        "meter": one.meter_id,
        "number": one.number,
        "kind": _(one.kind.label),
        "unit": one.unit or _(one.kind.unit),
        "where": one.room or one.place or _("公共"),
        "last": format_exact(one.last, 0),
        "last_day": one.last_day.isoformat() if one.last_day else "",
        "multiplier": format_exact(one.multiplier, 0),
        "loss": format_exact(one.loss, 0),
        "digits": one.digits,
        "later": one.later,
        "before": ",".join(format_exact(used, 0) for used in one.before) if len(one.before) == 2 else "",
        "read": one.reading_id,
        "value": "" if one.value is None else format_exact(one.value, 0),
        "used": "" if one.used is None else format_exact(one.used, 0),
        "unusual": one.unusual,
        "rollover": one.rollover,
        "active": one.active,
    }


def _remedies(one: GridRow, asked: GridQuery) -> list[Button]:
    """Return what may be done about a meter that is not read, beside reading it."""
    found = []
    if may("add", "ReadingExemption"):
        query = urlencode(
            {"community_id": asked.community_id, "meter_id": one.meter_id, "period": str(asked.period)}
        )
        found.append(Button("exempt", _("登记未抄"), f"/reading_exemption/add?{query}", "gauge-off"))
    if may("read", "FeeAssignment"):
        query = urlencode({"f.meter_id.eq": one.meter_id})
        found.append(Button("assignments", _("标准分配"), f"/fee_assignment/list/?{query}", "link"))
    return found


def _buttons(asked: GridQuery | None) -> list[Button]:
    found = [Button("list", _("抄表记录"), "/meter_reading/list/", "list-numbers")]
    if asked is not None and may("import", "MeterReading"):
        query = urlencode(parameters(asked))
        found += [
            Button("template", _("下载抄表模板"), f"{URL}template?{query}", "file-spreadsheet"),
            Button("import", _("导入读数"), f"{URL}import?{query}", "file-import"),
        ]
    return found


def _pager(asked: GridQuery, progress: Any, page: int) -> Pager:
    count = progress.meters - progress.read if asked.unread and not asked.needed else progress.meters
    pages = max(1, -(-count // SIZE))

    def url(number: int) -> str | None:
        return grid_url(asked, page=number) if 1 <= number <= pages and number != page else None

    return Pager(page, pages, SIZE, count, False, url(1), url(page - 1), url(page + 1), url(pages))
