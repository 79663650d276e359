"""The words of the import's pages that are chosen by a value: kinds of sheets, and our columns."""

from collections.abc import Mapping
from typing import Final

from app.estate.sales_import.parser.headings import SheetKind
from app.kernel.errors import N_

KINDS: Final[Mapping[SheetKind, str]] = {
    SheetKind.COMMUNITY: N_("小区"),
    SheetKind.BUILDING: N_("楼宇"),
    SheetKind.ROOM: N_("房间"),
    SheetKind.SPACE: N_("车位"),
}

# Every label of headings.COLUMNS, for the catalogs.
COLUMN_LABELS: Final = frozenset(
    {
        N_("序号"),
        N_("名称"),
        N_("地址"),
        N_("总占地面积"),
        N_("总建筑面积"),
        N_("总使用面积"),
        N_("容积率"),
        N_("绿化率"),
        N_("覆盖率"),
        N_("公共场所面积"),
        N_("绿化面积"),
        N_("备注"),
        N_("项目名称"),
        N_("楼栋"),
        N_("楼高"),
        N_("层数"),
        N_("楼宇类型"),
        N_("楼宇结构"),
        N_("用途"),
        N_("朝向"),
        N_("建筑面积"),
        N_("使用面积"),
        N_("单元"),
        N_("楼层"),
        N_("房号"),
        N_("户型"),
        N_("套内面积"),
        N_("权属类型"),
        N_("装修情况"),
        N_("销售状态"),
        N_("合同号"),
        N_("签约日期"),
        N_("交付日期"),
        N_("客户姓名"),
        N_("证件类型"),
        N_("证件号码"),
        N_("性别"),
        N_("联系电话"),
        N_("联系电话2"),
        N_("通讯地址"),
        N_("户口所在地"),
        N_("工作单位"),
        N_("邮政编码"),
        N_("紧急联系人姓名"),
        N_("紧急联系电话"),
        N_("付款方式"),
        N_("共有人"),
        N_("车位号"),
        N_("停车场"),
        N_("区域"),
        N_("车位类型"),
        N_("面积"),
        N_("车型"),
        N_("车牌号"),
        N_("颜色"),
        N_("缴款时间"),
        N_("缴款金额"),
    }
)
