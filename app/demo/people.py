"""Fictitious people: names, telephones, identity numbers and plates that belong to nobody. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.kernel.identity import check_digit

# No place of the country has this code, so that no number of the demo can be a living person's.
FICTITIOUS_AREA = "990101"
# 199 0000 xxxx is not given to subscribers.
FICTITIOUS_PHONE = "1990000"
FIRST_BIRTHDAY = date(1950, 1, 1)
BIRTHDAYS = 18_000

FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN_FIRST = "家子文明建国志俊伟嘉思雨晓春秋海永德雅美淑玉秀云天一宇浩泽欣梓佳立学新庆启振"
GIVEN_SECOND = "华明强军平刚杰涛超勇辉鹏斌波宁峰磊洋飞林敏静丽娟艳芳霞燕玲婷雪梅琴慧莉颖洁倩琳怡然轩涵宸彤"
BRANDS = (
    ("东岭", "轿车"),
    ("长河", "越野车"),
    ("云帆", "轿车"),
    ("青木", "纯电动"),
    ("北辰", "商务车"),
    ("海川", "纯电动"),
)
TRADES = ("便利店", "水果店", "理发店", "早餐店", "药房", "五金店", "干洗店", "书店")
COLOURS = ("白", "黑", "灰", "银", "蓝", "红")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who does not exist; `male` agrees with the identity number, and `born` too."""

    name: str
    male: bool
    born: date
    identity: str
    phone: str


def person(*, number: int) -> DemoPerson:
    """Return the demo's person `number` (from 1, below 17 million), always the same; no other has the identity number."""
    random = Random(number)
    # The birthday carries the thousands and the sequence the rest: unique without remembering any.
    thousands, sequence = divmod(number, 999)
    born = FIRST_BIRTHDAY + timedelta(days=thousands * 7_919 % BIRTHDAYS)
    digits = f"{FICTITIOUS_AREA}{born:%Y%m%d}{sequence + 1:03d}"
    return DemoPerson(
        name=full_name(random=random),
        male=(sequence + 1) % 2 == 1,
        born=born,
        identity=digits + check_digit(digits),
        phone=f"{FICTITIOUS_PHONE}{number * 37 % 10_000:04d}",
    )


def full_name(*, random: Random) -> str:
    """Return a family name and one or two characters."""
    first = random.choice(GIVEN_FIRST) if random.random() < 0.75 else ""
    return f"{random.choice(FAMILY)}{first}{random.choice(GIVEN_SECOND)}"


def firm(*, number: int) -> str:
    """Return the name over the door of shop `number`."""
    random = Random(-number)
    return f"{random.choice(GIVEN_FIRST)}{random.choice(GIVEN_SECOND)}{random.choice(TRADES)}"


def plate(*, number: int) -> str:
    """Return the plate of the demo's vehicle `number`: 浙Z and five digits, told apart up to 100,000 vehicles."""
    return f"浙Z{(12_345 + number * 7_919) % 100_000:05d}"
