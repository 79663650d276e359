"""人民币大写: an amount in the words that a receipt carries (rule and numbers: fee rules)."""

from decimal import Decimal
from typing import Final

from app.kernel.money import NumberTooLarge, fen

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
PLACES: Final = ("仟", "佰", "拾", "")
WAN: Final = 10**4
YI: Final = 10**8
BEYOND: Final = 10**16  # 元; the words end at 仟万亿


def chinese_amount(amount: Decimal) -> str:
    """Write `amount` (元, exact to 分) in words with the prefix 人民币.

    整 after 元, nothing after 分 or 角; zeros inside are one 零; 零 before 分 without 角, and before 角
    where the last digit of 元 is 0. Raises what `fen` raises, and NumberTooLarge from 10^16 元.
    """
    units = fen(amount)
    yuan, rest = divmod(abs(units), 100)
    if yuan >= BEYOND:
        raise NumberTooLarge
    sign = "负" if units < 0 else ""
    return f"人民币{sign}{_yuan_words(yuan, rest)}{_jiao_and_fen_words(yuan, rest)}"


def _yuan_words(yuan: int, rest: int) -> str:
    if not yuan:
        return "" if rest else "零元整"
    return _integer_words(yuan) + ("元" if rest else "元整")


def _jiao_and_fen_words(yuan: int, rest: int) -> str:
    if not rest:
        return ""
    jiao, last = divmod(rest, 10)
    zero = "零" if yuan and (jiao == 0 or yuan % 10 == 0) else ""
    return zero + (f"{DIGITS[jiao]}角" if jiao else "") + (f"{DIGITS[last]}分" if last else "")


def _integer_words(number: int) -> str:
    """Words of a positive whole number: what stands before 亿, then before 万, then the last four digits."""
    for unit, name in ((YI, "亿"), (WAN, "万")):
        if number >= unit:
            head, tail = divmod(number, unit)
            if not tail:
                return _integer_words(head) + name
            # A tail that does not fill its places has zeros in front, said as one.
            zero = "零" if tail < unit // 10 else ""
            return _integer_words(head) + name + zero + _integer_words(tail)
    return _four_digit_words(number)


def _four_digit_words(number: int) -> str:
    words = ""
    for digit, place in zip(f"{number:04d}", PLACES, strict=True):
        if digit != "0":
            words += DIGITS[int(digit)] + place
        elif words and not words.endswith("零"):
            words += "零"
    return words.rstrip("零")
