"""What the import says about a row: why it is rejected, or what is odd about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.kernel.errors import N_

# The only reasons that keep a row out. Whatever else is odd is a warning.
REJECTIONS: Final[Mapping[str, str]] = {
    "building_missing": N_("没有写楼宇，请补上。"),
    "unknown_building": N_("楼宇“%(value)s”不在本文件的楼宇表里，请核对楼宇名称。"),
    "area_missing": N_("没有建筑面积（“%(value)s”），请补上。"),
    "area_not_positive": N_("建筑面积是 %(value)s，应大于 0。"),
    "no_such_date": N_("没有“%(value)s”这一天，请核对日期。"),
    "sold_without_customer": N_("销售状态是“%(value)s”，却没有客户姓名。"),
    "room_repeated": N_("房间 %(value)s 在工作表“%(first_sheet)s”第 %(first_row)s 行已经有了，本行重复。"),
    "error_cell": N_("这一格是公式错误 %(value)s，请改好再导入。"),
    # These two keep a row out by a column that names or binds it, and are warnings elsewhere.
    "text_is_date": N_(
        "“%(value)s”被表格存成了日期，原来可能是“%(guess)s”。请把这一列设为文本，核对后再导入。"
    ),
    "digits_lost": N_("%(value)s 被表格存成了数字，15 位以后的数字已经丢失，不能采用。请按原件填写为文本。"),
}

WARNINGS: Final[Mapping[str, str]] = {
    "text_is_date": REJECTIONS["text_is_date"],
    "digits_lost": REJECTIONS["digits_lost"],
    "percent_read": N_("“%(value)s”按百分数读取，作 %(read)s。"),
    "owners_unclear": N_(
        "客户“%(value)s”是 %(people)d 个人，却有 %(numbers)d 个证件号码，请核对谁的号码是哪一个。"
    ),
    "rows_hidden": N_("有 %(count)d 行被隐藏或筛选掉了，也一并导入。"),
    "identity_check_digit": N_("证件号码 %(value)s 的校验码不对，请核对原件。"),
    "identity_format": N_("证件号码 %(value)s 不像任何证件的号码，请核对。"),
    "identity_precision_lost": N_("证件号码被表格存成了数字，末几位已丢失；按没有证件号码处理，请补录。"),
    "identity_missing": N_("%(value)s 没有证件号码，不与其他房间的同名客户合并。"),
    "identity_name_differs": N_("同一证件号码已用于“%(first)s”，本行却写“%(value)s”；按前者合并。"),
    "inside_above_built": N_("套内面积 %(value)s 大于建筑面积 %(built)s。"),
    "unreadable_number": N_("“%(value)s”不是数字，没有导入这一格。"),
    "unreadable_date": N_("“%(value)s”不是日期，没有导入这一格。"),
    "number_not_positive": N_("%(value)s 应大于 0，没有导入这一格。"),
    "number_rounded": N_("%(value)s 的小数太多，按 %(rounded)s 导入。"),
    "text_too_long": N_("文字超过 %(limit)s 个字，只导入前面的部分。"),
    "phone_odd": N_("“%(value)s”不像电话号码，请核对。"),
    "phone_dropped": N_("客户已有两个电话，第三个没有导入。"),
    "co_owner_unreadable": N_("看不懂共有人“%(value)s”，请写成“姓名（证件号码）”。"),
    "co_owner_repeated": N_("共有人“%(value)s”与业主是同一人，只记一次。"),
    "co_owner_without_customer": N_("没有客户姓名的行写着共有人，没有导入。"),
    "unsold_with_customer": N_("销售状态是“%(status)s”，却有客户“%(value)s”；按未售处理，没有导入客户。"),
    "sale_status_unknown": N_("不认识销售状态“%(value)s”，按有没有客户判断。"),
    "occupancy_date_missing": N_("已售房间没有交付日期和签约日期，入住关系没有开始日期。"),
    "delivered_before_signed": N_("交付日期 %(value)s 早于签约日期 %(signed)s。"),
    "contract_repeated": N_("合同号 %(value)s 在第 %(first_row)s 行已经用过。"),
    "floor_above_building": N_("楼层 %(value)s 高于楼宇的层数 %(floors)s。"),
    "room_number_missing": N_("这一行没有房号，跳过。"),
    "space_number_missing": N_("这一行没有车位号，跳过。"),
    "building_name_missing": N_("这一行没有楼宇名称，跳过。"),
    "community_name_missing": N_("这一行没有小区名称，跳过。"),
    "community_missing": N_("这一行没有写小区，按“%(value)s”导入。"),
    "community_repeated": N_("小区“%(value)s”在第 %(first_row)s 行已经有了，以前面的为准。"),
    "building_repeated": N_("楼宇“%(value)s”在第 %(first_row)s 行已经有了（“%(first)s”），以前面的为准。"),
    "building_name_differs": N_("楼宇写作“%(value)s”，按楼宇表里的“%(first)s”导入。"),
    "space_repeated": N_("车位 %(value)s 在第 %(first_row)s 行已经有了，以前面的为准。"),
    "space_owner_unknown": N_("车位的客户“%(value)s”（%(phone)s）不在已导入的业主里，车位没有登记业主。"),
    "space_owner_ambiguous": N_("车位的客户“%(value)s”（%(phone)s）对应不止一位业主，车位没有登记业主。"),
    "space_owner_missing": N_("车位的销售状态是“%(value)s”，却没有客户姓名。"),
    "space_room_unknown": N_("车位的房号“%(value)s”不在已导入的房间里。"),
    "plate_repeated": N_("车牌 %(value)s 在第 %(first_row)s 行已经登记过，以前面的为准。"),
    "plate_odd": N_("“%(value)s”不像车牌号，请核对。"),
    "area_differs": N_("系统里的建筑面积是 %(kept)s，文件里是 %(value)s；没有改动，需要时请在房间上修改。"),
    "sale_status_differs": N_("房间 %(value)s 在系统里已售，文件里未售；没有改动。"),
    "owner_differs": N_("房间 %(value)s 在系统里的付费人是“%(name)s”，与文件不同；没有改动。"),
    "sheet_hidden": N_("隐藏的工作表没有导入。"),
    "sheet_not_recognised": N_("认不出这张工作表的标题行，没有导入。"),
    "column_not_recognised": N_("不认识“%(value)s”这一列，没有导入。"),
}


@dataclass(frozen=True)
class ImportFinding:
    """One remark on one cell: `row` is the sheet's own 1-based number, `column` the heading as the sheet has it."""

    sheet: str
    row: int
    column: str
    code: str
    template: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The Chinese sentence."""
        return self.template % self.params if self.params else self.template

    def as_dict(self) -> dict[str, str | int]:
        """Return the finding as the report writes it."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "message": self.message,
        }


class FindingLog:
    """Collects the findings of a file, and knows which rows are rejected."""

    def __init__(self) -> None:
        self.rejected: list[ImportFinding] = []
        self.warnings: list[ImportFinding] = []
        self._rejected_rows: set[tuple[str, int]] = set()

    def reject(self, *, sheet: str, row: int, column: str, code: str, **params: Any) -> None:
        """Keep a row out, for a reason of `REJECTIONS`."""
        self._rejected_rows.add((sheet, row))
        self.rejected.append(ImportFinding(sheet, row, column, code, REJECTIONS[code], params))

    def warn(self, *, sheet: str, row: int, column: str, code: str, **params: Any) -> None:
        """Say what is odd about a row that is taken all the same."""
        self.warnings.append(ImportFinding(sheet, row, column, code, WARNINGS[code], params))

    def is_rejected(self, *, sheet: str, row: int) -> bool:
        """Whether any reason was found against the row."""
        return (sheet, row) in self._rejected_rows
