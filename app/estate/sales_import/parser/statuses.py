"""The words by which sales systems say that a room or a space is sold, or not."""

from typing import Final

_SOLD: Final = (
    "已售 售出 已售出 已出售 已销售 销售 已签约 签约 已网签 已备案 已交付 已交房 交付 已入住 入住 已收房 成交 已成交 已过户 "
    "是 sold y yes 1"
)
# Who has only reserved a room owes nothing for it yet.
_UNSOLD: Final = (
    "未售 待售 在售 可售 未售出 未出售 未销售 未签约 销控 保留 预留 自持 未推 未推出 待推 未开盘 空置 空闲 抵押 冻结 "
    "认购 已认购 预订 已预订 预定 已预定 小订 大订 意向 退房 已退房 否 unsold n no 0"
)
_SOLD_WORDS: Final = frozenset(_SOLD.split())
_UNSOLD_WORDS: Final = frozenset(_UNSOLD.split())


def is_sold(*, status: str) -> bool | None:
    """Whether a status says sold (True) or not (False); None for a blank or a word that we do not know."""
    word = status.lower().replace(" ", "")
    if word in _SOLD_WORDS:
        return True
    return False if word in _UNSOLD_WORDS else None
