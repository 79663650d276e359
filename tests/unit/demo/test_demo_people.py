"""The demo's people: valid, unlike each other, and nobody's; and their habits at the desk."""

from collections import Counter
from datetime import date

from app.collection.states import Tender
from app.demo.payment_habits import Habit, cash_handed, comes_in, habit_of, pays_on, settled, tenders_of
from app.demo.people import FICTITIOUS_AREA, person
from app.demo.places import houses, spots
from app.kernel.identity import read_identity
from app.kernel.periods import Period

MAY = Period(2025, 5)


def test_identity_numbers_are_right_of_nobody_and_never_twice() -> None:
    people = [person(number=number) for number in (*range(1, 3000), *range(10_000_000, 10_001_000))]
    assert len({one.identity for one in people}) == len(people)
    for one in people:
        read = read_identity(one.identity)
        assert read.check_digit_right
        assert (read.birth, read.sex.value == "male") == (one.born, one.male)
        assert one.identity.startswith(FICTITIOUS_AREA)
        assert one.born < date(2000, 1, 1)
    assert person(number=7) == person(number=7)


def test_a_community_has_as_many_rooms_as_asked_for_each_in_a_place_of_its_own() -> None:
    for rooms in (1, 2, 7, 240, 1999, 2000, 5000):
        places = [
            (name, spot.unit, spot.number)
            for name, house, count in houses(rooms)
            for spot in spots(house, count)
        ]
        assert len(places) == len(set(places)) == rooms


def test_habits_have_their_shares() -> None:
    found = Counter(habit_of(customer=place) for place in range(1000))
    assert all(found[habit] == habit.value for habit in Habit)


def test_who_never_pays_never_comes_and_who_gave_up_stays_away() -> None:
    def visits(habit: Habit) -> list[int]:
        return [month for month in range(12) if comes_in(customer=4, habit=habit, month=month, months=12)]

    assert visits(Habit.NEVER) == []
    assert visits(Habit.GIVEN_UP) == [0, 1, 2, 3]
    assert visits(Habit.QUARTERLY) == [1, 4, 7, 10]
    assert len(visits(Habit.MONTHLY)) >= 11
    for place in range(100):
        assert 3 <= pays_on(customer=place, period=MAY).day <= 27


def test_what_is_paid_is_never_more_than_is_open() -> None:
    owed = [(MAY.plus(-3), 1000), (MAY.plus(-1), 500), (MAY, 301)]
    assert settled(habit=Habit.MONTHLY, period=MAY, open_charges=owed) == [1000, 500, 301]
    assert settled(habit=Habit.LATE, period=MAY, open_charges=owed) == [1000, 0, 0]
    assert settled(habit=Habit.PART, period=MAY, open_charges=owed) == [1000, 500, 151]
    assert settled(habit=Habit.PART, period=MAY, open_charges=[(MAY, 1)]) == [1]


def test_methods_add_up_and_cash_is_handed_in_whole_notes() -> None:
    for place in range(500):
        for total in (1, 9_999, 10_000, 10_001, 54_321):
            parts = tenders_of(customer=place, month=3, total=total)
            assert sum(part for _tender, part in parts) == total
            assert all(part > 0 for _tender, part in parts)
            assert len({tender for tender, _part in parts}) == len(parts)
    assert any(len(tenders_of(customer=place, month=3, total=54_321)) > 1 for place in range(500))
    assert {tenders_of(customer=place, month=3, total=1)[0][0] for place in range(500)} == set(Tender)
    assert [cash_handed(total=total) for total in (0, 1, 1000, 1001)] == [0, 1000, 1000, 2000]
