"""The columns that a sales system's sheets can have, and what each is called in the systems we know.

The order of a column's names is their rank: where two columns of a sheet could be the same one (实测面积 and 预测面积,
手机号 and 联系电话), the better name wins.
"""

from dataclasses import dataclass
from enum import StrEnum


class SheetKind(StrEnum):
    """What the lines of a sheet are."""

    COMMUNITY = "community"
    BUILDING = "building"
    ROOM = "room"
    SPACE = "space"


@dataclass(frozen=True)
class HeadingColumn:
    """One column of one kind of sheet: `key` names it in the program, `names` are its headings, best first.

    `spill` is the column that takes a second heading of the same meaning (a second telephone).
    """

    key: str
    names: tuple[str, ...]
    spill: str = ""

    @property
    def label(self) -> str:
        """What the column is called when the sheet itself has no heading for it."""
        return self.names[0]


def _column(key: str, names: str, *, spill: str = "") -> HeadingColumn:
    return HeadingColumn(key, tuple(names.split()), spill)


_COMMUNITY_NAMES = (
    "项目名称 小区名称 项目 小区 社区名称 社区 楼盘 楼盘名称 所属项目 所属小区 园区 园区名称 管理区"
)
_BUILDING_NAMES = (
    "楼栋 楼宇 楼号 楼宇名称 楼栋名称 楼栋号 楼宇号 楼幢 幢号 栋号 楼座 座号 楼栋编号 楼宇编号 楼幢号 幢 栋 座 楼 "
    "所属楼栋 所属楼宇 大楼 大楼名称 房屋坐落楼栋"
)
_UNIT_NAMES = "单元 单元号 单元名称 单元编号 所属单元 梯号"
_ROOM_NAMES = (
    "房号 房间号 房间 房屋编号 房间编号 房间名称 室号 门牌号 户号 房屋号 房屋名称 房源编号 房源名称 房源 房屋 "
    "单位号 单元房号 铺号 商铺号 室 房产编号 资源编号 资源名称"
)
_CUSTOMER_NAMES = (
    "客户姓名 业主姓名 业主名称 客户名称 业主 客户 姓名 购房人 买受人 购房人姓名 买受人姓名 产权人 产权人姓名 "
    "权利人 户主 户主姓名 住户 住户姓名 主业主 客户全称 购房者 认购人"
)
_IDENTITY_NAMES = (
    "证件号码 身份证号 身份证号码 证件号 身份证 公民身份号码 业主身份证号 客户身份证号 客户证件号码 业主证件号码 "
    "业主身份证号码 购房人证件号 购房人身份证号 买受人证件号码 身份证件号码 证照号码 统一社会信用代码 id号"
)
_PHONE_NAMES = (
    "联系电话 手机号 手机 手机号码 电话 联系方式 移动电话 电话号码 联系手机 业主电话 业主手机 业主手机号 客户电话 "
    "客户手机 业主联系电话 客户联系电话 客户手机号 手机电话 联系电话1 电话1 手机1 固定电话 家庭电话"
)
_PHONE2_NAMES = "联系电话2 电话2 手机2 手机号2 备用电话 第二联系电话 其他电话 备用联系电话 联系方式2"
_USABLE_NAMES = "使用面积 总使用面积 套内面积 套内建筑面积"
_NOTE_NAMES = "备注 说明 备注说明 备注信息 其他说明"
_SEQUENCE_NAMES = "序号 编号 行号 no no. 顺序号"
_STATUS_NAMES = "销售状态 房源状态 房屋状态 状态 售出状态 是否已售 销售情况 房间状态 车位状态 出售状态"
_FACING_NAMES = "朝向 房屋朝向 房间朝向 座向"
_USAGE_NAMES = (
    "用途 房屋用途 使用性质 房屋使用性质 房屋性质 规划用途 物业类型 业态 房屋类型 房产类型 产品类型"
)

COLUMNS: dict[SheetKind, tuple[HeadingColumn, ...]] = {
    SheetKind.COMMUNITY: (
        _column("sequence", _SEQUENCE_NAMES),
        _column("name", "名称 " + _COMMUNITY_NAMES),
        _column("address", "地址 小区地址 项目地址 详细地址 坐落 坐落地址 位置"),
        _column("land_area", "总占地面积 占地面积 用地面积 土地面积"),
        _column("built_area", "总建筑面积 建筑面积"),
        _column("usable_area", "总使用面积 使用面积"),
        _column("plot_ratio", "容积率"),
        _column("green_rate", "绿化率 绿地率"),
        _column("cover_rate", "覆盖率 建筑密度 建筑覆盖率"),
        _column("public_area", "公共场所面积 公共面积 公共部位面积 公建面积"),
        _column("green_area", "绿化面积 绿地面积"),
        _column("note", _NOTE_NAMES),
    ),
    SheetKind.BUILDING: (
        _column("sequence", _SEQUENCE_NAMES),
        _column("community", _COMMUNITY_NAMES),
        _column("name", _BUILDING_NAMES + " 名称"),
        _column("height", "楼高 高度 建筑高度 楼宇高度 檐高"),
        _column("floors", "层数 总层数 楼层数 地上层数 总楼层"),
        _column("kind", "楼宇类型 楼栋类型 建筑类型 类型 建筑类别 楼宇类别"),
        _column("structure", "楼宇结构 结构 建筑结构 楼栋结构 结构类型"),
        _column("usage", _USAGE_NAMES + " 楼宇用途 楼栋用途"),
        _column("facing", _FACING_NAMES),
        _column("built_area", "建筑面积 总建筑面积 总面积 面积"),
        _column("usable_area", _USABLE_NAMES),
        _column("green_area", "绿化面积 绿地面积"),
        _column("note", _NOTE_NAMES),
    ),
    SheetKind.ROOM: (
        _column("sequence", _SEQUENCE_NAMES),
        _column("community", _COMMUNITY_NAMES),
        _column("building", _BUILDING_NAMES),
        _column("unit", _UNIT_NAMES),
        _column("floor", "楼层 楼层号 所在楼层 层 层号 所在层 层次"),
        _column("number", _ROOM_NAMES),
        _column("layout", "户型 房型 户型名称 户型结构 户型编号"),
        _column("facing", _FACING_NAMES),
        _column(
            "built_area",
            "建筑面积 实测建筑面积 实测面积 房屋建筑面积 产权面积 合同建筑面积 计费面积 收费面积 建面 房屋面积 "
            "房间面积 销售面积 签约面积 预测建筑面积 预测面积 面积 建筑面积m2",
        ),
        _column(
            "inside_area",
            "套内面积 套内建筑面积 使用面积 实测套内面积 实测套内建筑面积 套内使用面积 套内 室内面积 合同套内面积 "
            "预测套内面积",
        ),
        _column("usage", _USAGE_NAMES),
        _column("tenure", "权属类型 产权性质 产权类型 权属 权属性质 房屋权属 产权"),
        _column("decoration", "装修情况 装修状态 装修 是否装修 是否已经装修 装修标准 交房标准"),
        _column("sale_status", _STATUS_NAMES),
        _column("contract", "合同号 合同编号 购房合同号 买卖合同号 网签合同号 合同备案号 网签号"),
        _column(
            "signed_on", "签约日期 签约时间 合同日期 合同签订日期 签订日期 购房日期 网签日期 认购日期 签约日"
        ),
        _column(
            "delivered_on",
            "交付日期 交房日期 实际交付日期 实际交房日期 交付时间 交房时间 收房日期 收房时间 接房日期 交楼日期 "
            "入住日期 入住时间 办理入住时间 入伙日期 约定交付日期 合同交房日期",
        ),
        _column("customer", _CUSTOMER_NAMES),
        _column("identity_kind", "证件类型 证件名称 证件种类 证件类别"),
        _column("identity", _IDENTITY_NAMES),
        _column("gender", "性别 客户性别 业主性别"),
        _column("phone", _PHONE_NAMES, spill="phone2"),
        _column("phone2", _PHONE2_NAMES),
        _column("address", "通讯地址 联系地址 通信地址 邮寄地址 客户地址 业主地址 家庭住址 住址 地址"),
        _column("household_place", "户口所在地 户籍地址 户籍所在地 户籍"),
        _column("employer", "工作单位 单位名称 就职单位"),
        _column("postcode", "邮政编码 邮编"),
        _column("emergency_contact", "紧急联系人姓名 紧急联系人"),
        _column("emergency_phone", "紧急联系电话 紧急联系人电话 紧急电话"),
        _column("payment", "付款方式 支付方式 付款类型"),
        _column(
            "co_owners", "共有人 共有人信息 产权共有人 共同购房人 共有产权人 共同买受人 其他共有人 共有情况"
        ),
        _column("note", _NOTE_NAMES),
    ),
    SheetKind.SPACE: (
        _column("sequence", _SEQUENCE_NAMES),
        _column("community", _COMMUNITY_NAMES),
        _column("number", "车位号 车位编号 车位名称 车位 泊位号 车库号 车位号码 车位代码"),
        _column("lot", "停车场 停车场名称 车场 车场名称 车库 车库名称 所属停车场 地库"),
        _column("zone", "区域 车位区域 位置 车位位置 所在区域 分区 所在楼层 楼层"),
        _column("kind", "车位类型 车位性质 类型 车位类别 产权类型 产权性质 车位种类"),
        _column("area", "面积 车位面积 建筑面积 产权面积"),
        _column("sale_status", _STATUS_NAMES),
        _column("building", _BUILDING_NAMES),
        _column("unit", _UNIT_NAMES),
        _column("room", _ROOM_NAMES + " 关联房号 对应房号 所属房间 所属房号 绑定房号 业主房号"),
        _column("vehicle_model", "车型 车辆类型 车辆型号 品牌型号 品牌 车辆品牌 车辆"),
        _column("plate", "车牌号 车牌 车牌号码 车号 车辆号牌 号牌"),
        _column("colour", "颜色 车身颜色 车辆颜色"),
        _column("customer", _CUSTOMER_NAMES + " 车主 车主姓名 使用人 车位业主"),
        _column("identity", _IDENTITY_NAMES),
        _column("phone", _PHONE_NAMES + " 车主电话 车主手机"),
        _column(
            "signed_on", "缴款时间 签约日期 购买日期 缴款日期 签约时间 购买时间 成交日期 起租日期 办理日期"
        ),
        _column("paid_amount", "缴款金额 成交价 成交金额 总价 售价"),
        _column("note", _NOTE_NAMES),
    ),
}

HEADING_NAMES = frozenset(name for columns in COLUMNS.values() for column in columns for name in column.names)
"""All of them: by these the delimiter of a text file is told."""

# Without these a sheet is not of the kind: every set needs one of its columns.
REQUIRED: dict[SheetKind, tuple[frozenset[str], ...]] = {
    SheetKind.COMMUNITY: (
        frozenset({"name"}),
        frozenset({"address", "land_area", "plot_ratio", "green_rate", "cover_rate", "public_area"}),
    ),
    SheetKind.BUILDING: (
        frozenset({"name"}),
        frozenset({"community", "height", "floors", "kind", "structure", "built_area", "usage"}),
    ),
    SheetKind.ROOM: (
        frozenset({"number"}),
        frozenset({"built_area", "customer", "building", "sale_status", "inside_area"}),
    ),
    SheetKind.SPACE: (
        frozenset({"number"}),
        frozenset({"kind", "area", "sale_status", "plate", "customer", "room", "zone", "lot"}),
    ),
}

# What a sheet is called, where its headings leave two kinds open.
TITLE_WORDS: dict[SheetKind, tuple[str, ...]] = {
    SheetKind.SPACE: ("车位", "车库", "停车"),
    SheetKind.ROOM: ("房源", "房间", "房屋", "客户", "业主", "台账", "销售", "户"),
    SheetKind.BUILDING: ("楼宇", "楼栋", "楼幢", "幢", "栋"),
    SheetKind.COMMUNITY: ("小区", "项目", "楼盘"),
}
