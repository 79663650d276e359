"""Pinyin of Chinese names: the key that sorts them, and the initials that find them (李晓峰: lxf)."""

import re
from typing import Final

from pypinyin import lazy_pinyin

from app.kernel.cells import normal_text

# A character that is read otherwise when it is a surname; the longer ones first.
_SURNAMES: Final = {
    "万俟": "mo qi",
    "尉迟": "yu chi",
    "长孙": "zhang sun",
    "单于": "chan yu",
    "澹台": "tan tai",
    "曾": "zeng",
    "单": "shan",
    "仇": "qiu",
    "解": "xie",
    "区": "ou",
    "查": "zha",
    "翟": "zhai",
    "朴": "piao",
    "盖": "ge",
    "乐": "yue",
    "覃": "qin",
    "种": "chong",
    "秘": "bi",
    "缪": "miao",
    "冼": "xian",
    "员": "yun",
    "召": "shao",
    "宓": "mi",
    "繁": "po",
    "尉": "wei",
    "折": "she",
    "黑": "he",
    "祭": "zhai",
    "晟": "cheng",
    "纪": "ji",
    "任": "ren",
    "华": "hua",
    "燕": "yan",
    "应": "ying",
    "宁": "ning",
    "哈": "ha",
    "洗": "xian",
}
_WORDS: Final = re.compile(r"[A-Za-z]+|[0-9]")


def pinyin_syllables(text: str) -> list[str]:
    """Read a name syllable by syllable, in small letters without tones; words and digits stay, signs go.

    '李晓峰' → ['li', 'xiao', 'feng'], '曾A座' → ['zeng', 'a', 'zuo'], 'John 12' → ['john', '1', '2'].
    """
    name = normal_text(text)
    surname = next((part for part in _SURNAMES if name.startswith(part)), "")
    rest = lazy_pinyin(name[len(surname) :], errors=lambda run: " ".join(_WORDS.findall(run)))
    return " ".join([_SURNAMES.get(surname, ""), *rest]).lower().split()


def pinyin_key(text: str, length: int = 200) -> str:
    """Return what sorts a name as a dictionary does: '李晓峰' → 'li xiao feng', at most `length` characters."""
    return " ".join(pinyin_syllables(text))[:length]


def pinyin_initials(text: str, length: int = 100) -> str:
    """Return the first letters of a name: '李晓峰' → 'lxf', 'A座3号' → 'az3h'; at most `length` of them."""
    return "".join(part[0] for part in pinyin_syllables(text))[:length]


def typed_initials(text: str) -> str:
    """Read what was typed as initials: two to ten letters, as `pinyin_initials` writes them; '' for what is none."""
    letters = re.sub(r"[\s.'-]", "", normal_text(text)).lower()
    return letters if re.fullmatch(r"[a-z]{2,10}", letters) else ""
