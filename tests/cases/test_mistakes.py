"""Mistakes that a case file can make as text: each fails, and says where."""

from pathlib import Path

import pytest

from .language import CaseError, parse_case, parse_text

GOOD = """
case: 好的
given:
  community: {name: 锦绣花园}
  rooms: [{room: R1, area: "89.67", floor: 1, handed_over: 2025-01-01}]
  customers: [{customer: 王一, rooms: [R1]}]
  meters: [{meter: 水1, kind: water, room: R1, initial: "0"}]
  fees:
    - {fee: 物业费, method: area, price: "2.35", rooms: all, from: 2025-01-01}
    - {fee: 水费, method: metered, price: "4.00", meters: [水1], from: 2025-01-01}
steps:
  - bill: {period: 2025-01}
  - pay: {id: A, room: R1, date: 2025-01-05, method: 现金}
  - refused: {step: {close: {period: 2025-01}}, because: missing_reading}
  - expect: {due: {R1: "0.00"}}
"""

MISTAKES = [
    ("case: 好的", "- case", "no YAML"),
    ("case: 好的", "case: 好的\ncase: 又一", "stands twice"),
    ("floor: 1,", "floor: 1, floor: 2,", "stands twice"),
    ("handed_over: 2025-01-01", "handed_over: 2025-02-30", "no YAML"),
    ("handed_over: 2025-01-01", 'handed_over: "2025-02-30"', "given.rooms[0].handed_over: is no date"),
    (
        "handed_over: 2025-01-01",
        "handed_over: 2025-01-01 08:00:00",
        "given.rooms[0].handed_over: must be a date",
    ),
    ("handed_over: 2025-01-01", "handed_over: 20250101", "given.rooms[0].handed_over: must be a date"),
    ('"89.67"', "89.67", "given.rooms[0].area: must be an exact decimal"),
    ('"89.67"', "89", "given.rooms[0].area: must be an exact decimal"),
    ("floor: 1", 'floor: "1"', "given.rooms[0].floor: must be a plain integer"),
    ("floor: 1", "floor: true", "given.rooms[0].floor: must be a plain integer"),
    ("{room: R1, area", "{room: 101, area", "given.rooms[0].room: must be a text"),
    ("{R1: ", "{101: ", "steps[3].expect.due: the key 101"),
    ("rooms: [R1]", "rooms: [R2]", "given: customer 王一 names the room R2"),
    ("rooms: [R1]", "rooms: R1", "given.customers[0].rooms: must be a list"),
    ("room: R1, initial", "room: R2, initial", "given: meter 水1 names the room R2"),
    ("meters: [水1]", "meters: [水2]", "given: fee 水费 names the meter 水2"),
    ("rooms: all", "rooms: some", "given.fees[0].rooms: must be one of all"),
    ("rooms: all", "rooms: all, parking: all", "given.fees[0]: exactly one of rooms, parking and meters"),
    ("rooms: all, ", "", "given.fees[0]: exactly one of rooms, parking and meters"),
    ("fee: 水费", "fee: 物业费", "given: the fee 物业费 stands in it twice"),
    ("method: area", "method: areas", "given.fees[0].method: unknown method 'areas'"),
    ("method: area", "method: fixed", "given.fees[0]: unknown key 'price'"),
    ('price: "4.00"', 'price: "4.00", tier_basis: month', "given.fees[1]: tier_basis goes with tiers"),
    ('price: "4.00"', 'tiers: [[null, "4.00"]]', "given.fees[1]: tier_basis goes with tiers"),
    ('price: "4.00"', 'tier_basis: month, tiers: [["9", "4.00"]]', "given.fees[1]: the last tier"),
    (
        'price: "4.00"',
        'tier_basis: year, tiers: [["9", "4"], ["8", "5"], [null, "6"]]',
        "upper bounds must rise",
    ),
    (
        'price: "4.00"',
        'tier_basis: year, tiers: [[null, "4", "5"]]',
        "given.fees[1].tiers[0]: must have 2 items",
    ),
    (
        "rooms: all, from: 2025-01-01",
        "rooms: all, from: 2025-01-01, to: 2024-12-31",
        "given.fees[0]: 'to' is before",
    ),
    ("bill: {period: 2025-01}", "bill: {period: 2025-13}", "steps[0].bill.period: is no period"),
    ("bill: {period: 2025-01}", "bill: {period: 2025-01-01}", "steps[0].bill.period: must be a period"),
    (
        "bill: {period: 2025-01}",
        "bill: {period: 2025-01, fees: [电费]}",
        "steps[0].bill.fees: '电费' is not given",
    ),
    ("bill: {period: 2025-01}", "bills: {period: 2025-01}", "steps[0]: unknown step 'bills'"),
    (
        "bill: {period: 2025-01}",
        "{bill: {period: 2025-01}, close: {period: 2025-01}}",
        "steps[0]: a step has one key",
    ),
    ("- bill: {period: 2025-01}", "- bill", "steps[0]: must be a mapping"),
    (
        "bill: {period: 2025-01}",
        "share: {fee: 公摊, period: 2025-01, amount: '1'}",
        "steps[0].share.fee: '公摊' is not",
    ),
    ("bill: {period: 2025-01}", "price_change: {fee: 物业费, from: 2025-02-01}", "names no new parameter"),
    (
        "bill: {period: 2025-01}",
        "price_change: {fee: 物业费, from: 2025-02-01, amount: '1'}",
        "unknown key 'amount'",
    ),
    (
        "bill: {period: 2025-01}",
        "price_change: {fee: 电费, from: 2025-02-01, price: '1'}",
        "'电费' is not given",
    ),
    ("bill: {period: 2025-01}", "reading: {meter: 水9, date: 2025-01-31, value: '1'}", "'水9' is not given"),
    ("id: A, room: R1", "id: A", "steps[1].pay: exactly one of customer and room"),
    ("id: A, room: R1", "id: A, room: R1, customer: 王一", "steps[1].pay: exactly one of customer and room"),
    ("id: A, room: R1", "id: A, room: R1, round: up", "steps[1].pay.round: must be one of"),
    ("id: A, room: R1", "id: A, room: R1, late_fees: 1", "steps[1].pay.late_fees: must be true or false"),
    ("because: missing_reading", "because: whatever", "steps[2].refused.because: must be one of"),
    (
        "step: {close: {period: 2025-01}}",
        "step: {expect: {due: {R1: '0'}}}",
        "steps[2].refused.step.expect: is nothing",
    ),
    (
        "step: {close: {period: 2025-01}}",
        "step: {close: {}}",
        "steps[2].refused.step.close: the key 'period'",
    ),
    ('expect: {due: {R1: "0.00"}}', "expect: {}", "steps[3].expect: states nothing"),
    ('expect: {due: {R1: "0.00"}}', "expect: {only: true}", "steps[3].expect: 'only' stands beside"),
    ('expect: {due: {R1: "0.00"}}', "expect: {charges: []}", "steps[3].expect: 'charges' is empty"),
    ('expect: {due: {R1: "0.00"}}', "expect: {charges: [{}]}", "steps[3].expect.charges[0]: states nothing"),
    ('expect: {due: {R1: "0.00"}}', "expect: {due: {}}", "steps[3].expect: has an empty table"),
    ('expect: {due: {R1: "0.00"}}', "expect: {receipt: {id: A}}", "steps[3].expect.receipt: states nothing"),
    ('expect: {due: {R1: "0.00"}}', "expect: {dues: {R1: '0'}}", "steps[3].expect: unknown table 'dues'"),
    (
        'expect: {due: {R1: "0.00"}}',
        "expect: {receipt_numbers: {gapless: false}}",
        "gapless: must be one of True",
    ),
]


def test_the_text_that_the_mistakes_are_made_in_is_good() -> None:
    assert len(parse_text(GOOD, file="good.yaml").steps) == 4


@pytest.mark.parametrize(("good", "bad", "complaint"), MISTAKES, ids=[bad for _, bad, _ in MISTAKES])
def test_a_mistake_is_named_with_its_place(good: str, bad: str, complaint: str) -> None:
    assert good in GOOD
    with pytest.raises(CaseError) as error:
        parse_text(GOOD.replace(good, bad, 1), file="bad.yaml")
    assert str(error.value).startswith("bad.yaml: ")
    assert complaint in str(error.value)


@pytest.mark.parametrize("text", ["", "[]", "just words", "case: a\n---\ncase: b\n"])
def test_a_file_that_holds_no_case_fails(text: str) -> None:
    with pytest.raises(CaseError, match=r"bad\.yaml"):
        parse_text(text, file="bad.yaml")


def test_a_file_that_cannot_be_read_fails(tmp_path: Path) -> None:
    (tmp_path / "gbk.yaml").write_bytes("case: 好".encode("gbk"))
    for name in ("gbk.yaml", "absent.yaml"):
        with pytest.raises(CaseError, match=f"{name}.*cannot be read"):
            parse_case(tmp_path / name)
