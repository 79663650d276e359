"""The icons that a menu entry may have: the names of the font that the pages load, found by English or Chinese words."""

import re
from functools import cache
from pathlib import Path

STYLES = Path(__file__).resolve().parents[2] / "static" / "vendor" / "tabler-icons" / "tabler-icons.min.css"

# What an office looks for, and how the font calls it.
WORDS = {
    "房": "home building door bed",
    "楼": "building stairs",
    "小区": "building-community map",
    "公司": "building-skyscraper",
    "人": "user users",
    "客": "user friends",
    "业主": "user home-heart",
    "员工": "users id-badge",
    "部门": "hierarchy sitemap",
    "车": "car parking bike",
    "停车": "parking car",
    "钱": "coin cash wallet",
    "收费": "coin-yuan cash-register receipt",
    "收款": "cash cash-register",
    "票": "receipt invoice ticket",
    "账": "report-money calculator book",
    "报表": "report chart-line",
    "图": "chart-bar photo map",
    "统计": "chart-bar chart-pie",
    "水": "droplet",
    "电": "bolt plug bulb",
    "气": "flame gas-station",
    "暖": "temperature flame",
    "表": "gauge dashboard table",
    "抄表": "gauge dashboard",
    "修": "tool hammer",
    "工程": "tool crane",
    "设备": "engine settings devices",
    "电梯": "elevator",
    "消防": "fire-extinguisher flame",
    "安全": "shield lock",
    "巡": "route walk",
    "监控": "device-cctv camera",
    "门": "door key",
    "钥匙": "key",
    "投诉": "message-report mood-sad",
    "电话": "phone",
    "消息": "message bell",
    "通知": "bell speakerphone",
    "邮": "mail",
    "日历": "calendar",
    "时间": "clock",
    "合同": "file-text contract signature",
    "文件": "file files",
    "资料": "folder files",
    "档案": "archive folder",
    "打印": "printer",
    "下载": "download",
    "上传": "upload",
    "导入": "file-import",
    "导出": "file-export",
    "搜": "search",
    "设置": "settings adjustments",
    "菜单": "menu list",
    "角色": "shield-lock",
    "权限": "lock key",
    "密码": "key lock",
    "历史": "history",
    "备份": "database",
    "树": "sitemap tree",
    "绿化": "plant trees leaf",
    "保洁": "wash vacuum-cleaner bucket",
    "垃圾": "trash recycle",
    "快递": "package truck-delivery",
    "仓库": "building-warehouse box",
    "物料": "box packages",
    "采购": "shopping-cart",
    "银行": "building-bank credit-card",
    "网": "world link",
    "链接": "link external-link",
    "星": "star",
    "心": "heart",
    "宠物": "dog cat paw",
    "首页": "home",
    "任务": "checklist progress",
    "审批": "rubber-stamp checklist",
    "签": "signature writing",
    "家": "home",
    "租": "home-dollar contract",
    "抵": "arrows-exchange",
    "押金": "lock-dollar pig-money",
    "预收": "wallet pig-money",
    "预交": "wallet pig-money",
    "减免": "discount",
    "折扣": "discount",
    "退": "receipt-refund arrow-back",
    "作废": "receipt-off file-x",
    "冲红": "receipt-refund",
    "催": "bell-ringing phone-call",
    "欠": "alert-triangle",
    "违约": "alert-triangle percentage",
    "应收": "receipt file-dollar",
    "出账": "file-invoice",
    "标准": "ruler",
    "价格": "tag currency-yuan",
    "分配": "link",
    "空置": "door-off",
    "面积": "ruler dimensions",
    "月结": "calendar-check",
    "结账": "calendar-check",
    "交款": "cash-banknote",
    "余额": "scale wallet",
    "装修": "paint hammer",
    "访客": "user-check id-badge",
    "放行": "door-exit",
    "保安": "shield shield-check",
    "秩序": "shield shield-check",
    "值班": "clock calendar-time",
    "排班": "calendar-time",
    "考勤": "fingerprint clock-check",
    "保养": "settings tool",
    "隐患": "alert-triangle",
    "事故": "urgent alert-circle",
    "公告": "speakerphone",
    "会议": "users-group",
    "社区": "building-community",
    "图纸": "map ruler",
    "费用": "coin receipt",
    "工单": "clipboard-list",
    "维护": "tool",
    "证": "id certificate",
    "卡": "credit-card id",
    "操作员": "user-cog users",
    "登录": "login",
    "字典": "book",
    "参数": "adjustments",
    "编号": "hash number",
    "日志": "history",
    "收入": "trending-up",
    "支出": "trending-down",
    "年龄": "hourglass",
    "回访": "phone-call message",
    "入住": "key home-check",
    "抄": "gauge",
    "收据": "receipt",
    "结算": "calculator",
    "核销": "checks",
    "系统": "settings",
    "记录": "clipboard-text history",
    "评价": "star",
}


@cache
def icon_names() -> tuple[str, ...]:
    """Every icon of the font, by name; filled ones follow what they are like."""
    return tuple(sorted(re.findall(r"\.ti-([a-z0-9-]+):before", STYLES.read_text(encoding="utf-8"))))


def is_icon(name: str) -> bool:
    """Whether the font has it."""
    return name in _known()


@cache
def _known() -> frozenset[str]:
    return frozenset(icon_names())


def find_icons(text: str, most: int) -> list[str]:
    """At most `most` icons whose names hold the words typed, or what the Chinese in them stands for; what fits best first.

    Without words: one for each thing that an office looks for.
    """
    typed = text.strip().lower()
    if not typed:
        return list(dict.fromkeys(names.split()[0] for names in WORDS.values()))[:most]
    han = "".join(re.findall(r"[\u4e00-\u9fff]+", typed))
    # What has been typed of a word finds it already: 停 finds 停车.
    words = [
        word
        for chinese, names in WORDS.items()
        if chinese in typed or (han and han in chinese)
        for word in names.split()
    ]
    latin = re.findall(r"[a-z0-9-]+", typed)
    if not words and not latin:
        return []
    found = [
        name
        for name in icon_names()
        if all(part in name for part in latin) and (not words or any(_names(name, word) for word in words))
    ]
    order = {word: place for place, word in reversed(list(enumerate(words)))}
    return sorted(found, key=lambda name: (order.get(name, len(words)), len(name), name))[:most]


def _names(name: str, word: str) -> bool:
    return name == word or name.startswith(f"{word}-")
