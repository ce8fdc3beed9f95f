"""The farmers' calendar against an independent table, every year."""

from datetime import date, timedelta

import pytest
from holidays.calendars.chinese import _ChineseLunisolar

from township import lunar

FEASTS = {"lunar_new_year": (1, 1), "dragon_boat": (5, 5), "mid_autumn": (8, 15), "double_ninth": (9, 9)}


@pytest.mark.parametrize("name", FEASTS)
def test_four_feasts_of_every_year_fall_where_another_table_has_them(name: str) -> None:
    known = _ChineseLunisolar()
    for year in range(lunar.FIRST_YEAR, 2100):
        assert lunar.date_of(year, *FEASTS[name]) == getattr(known, f"{name}_date")(year)[0], year


def test_every_day_lies_in_one_month_and_comes_back() -> None:
    day = date(1901, 2, 19)
    while day < date(2099, 12, 31):
        found = lunar.month_of(day)
        assert found is not None
        assert found.day((day - found.first).days + 1) == day
        day += timedelta(days=13)


def test_a_leap_month_stands_behind_the_month_it_repeats() -> None:
    assert lunar.date_of(2025, 6, 1, is_leap=True) == date(2025, 7, 25)
    assert lunar.date_of(2026, 6, 1, is_leap=True) is None
    assert lunar.name_of(date(2025, 7, 25)) == "闰六月初一"


@pytest.mark.parametrize(
    ("day", "name"), [(date(2026, 12, 16), "冬月初八"), (date(2027, 2, 5), "腊月廿九"), (date(1899, 1, 1), "")]
)
def test_a_date_is_said_as_farmers_do(day: date, name: str) -> None:
    assert lunar.name_of(day) == name


def test_there_is_no_thirtieth_of_a_short_month() -> None:
    assert lunar.date_of(2026, 12, 30) is None
    assert lunar.last_day(2026) == date(2027, 2, 5)
