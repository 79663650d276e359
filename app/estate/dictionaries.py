"""The drop-downs of the estate that the office extends, with what they begin with."""

from app.kernel.errors import N_
from app.lowcode.dictionary import DictionaryDeclaration

DICTIONARIES = (
    DictionaryDeclaration("community_kind", N_("物业类型"), (N_("住宅"), N_("商业"), N_("办公"), N_("园区"))),
    DictionaryDeclaration(
        "room_layout",
        N_("房型"),
        (
            N_("一室一厅"),
            N_("两室一厅"),
            N_("两室两厅"),
            N_("三室一厅"),
            N_("三室两厅"),
            N_("四室两厅"),
            N_("复式"),
        ),
    ),
    DictionaryDeclaration(
        "room_ownership",
        N_("权属类型"),
        (N_("商品房"), N_("经济适用房"), N_("房改房"), N_("回迁房"), N_("公租房"), N_("自建房")),
    ),
    DictionaryDeclaration(
        "employee_position",
        N_("岗位"),
        (
            N_("经理"),
            N_("主管"),
            N_("客服"),
            N_("收费员"),
            N_("会计"),
            N_("维修工"),
            N_("秩序维护员"),
            N_("保洁员"),
            N_("绿化工"),
        ),
    ),
)
