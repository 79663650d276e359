"""Forms of billing's own pages."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from app.billing.states import MeterKind
from app.estate.states import Usage
from app.kernel.errors import N_
from app.lowcode.forms import DayField, Given, MonthField
from app.lowcode.page_form import REQUIRED, remote_select


class RunForm(FlaskForm):
    """出账: which month of which community, all fees or one."""

    community_id = remote_select(N_("小区"), "Community", "/billing_run/select/community_id", required=True)
    period = MonthField(N_("账期"), [Given(REQUIRED)])
    fee_item_id = remote_select(
        N_("收费项目"), "FeeItem", "/billing_run/select/fee_item_id", description=N_("不选则全部收费项目。")
    )


class TermsForm(FlaskForm):
    """A standard, from when, till when: for objects that are ticked already."""

    community_id = remote_select(
        N_("小区"), "Community", "/fee_assignment/select/community_id", required=True
    )
    standard_id = remote_select(
        N_("收费标准"),
        "FeeStandard",
        "/fee_assignment/select/standard_id",
        required=True,
        depends="community_id",
    )
    starts = DayField(N_("开始日期"), [Optional()], description=N_("不填则从各房间的交付日期开始。"))
    ends = DayField(N_("结束日期"), [Optional()])
    skip_taken = BooleanField(N_("跳过已有同一收费项目的"))
    # What the preview was of: another choice is previewed again before it is done.
    seen = HiddenField()


class AssignForm(TermsForm):
    """分配收费标准: a standard to a node of the property tree, narrowed by 用途 and 房型, its parking spaces or meters."""

    kind = SelectField(
        N_("分配给"),
        choices=[
            SelectChoice("rooms", N_("房间")),
            SelectChoice("spaces", N_("车位")),
            SelectChoice("meters", N_("仪表")),
        ],
        description=N_("按仪表用量的标准分配给仪表，其他标准分配给房间或车位。"),
    )
    meter_kind = SelectField(
        N_("表类型"),
        choices=[SelectChoice("", ""), *(SelectChoice(one.value, one.label) for one in MeterKind)],
        description=N_("分配给仪表时填写，不选则全部类型。"),
    )
    building_id = remote_select(
        N_("楼宇"),
        "Building",
        "/room/select/building_id",
        depends="community_id",
        description=N_("不选则整个小区。"),
    )
    unit = StringField(N_("单元号"), [Optional(), Length(max=20)])
    room_id = remote_select(
        N_("房间"),
        "Room",
        "/fee_assignment/select/room_id",
        depends="community_id",
        description=N_("只分配给一个房间时填写。"),
    )
    purpose = SelectField(
        N_("用途"), choices=[SelectChoice("", ""), *(SelectChoice(one.value, one.label) for one in Usage)]
    )
    layout = StringField(N_("房型"), [Optional(), Length(max=30)])
    lot_id = remote_select(
        N_("停车场"),
        "ParkingLot",
        "/parking_space/select/lot_id",
        depends="community_id",
        description=N_("分配给车位时填写，不选则全部车位。"),
    )
