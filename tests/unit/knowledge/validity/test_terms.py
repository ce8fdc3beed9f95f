"""When a rule holds, and what a document says of its own term."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.validity.terms import (
    Found,
    Term,
    in_force,
    lapse_by_rule,
    months_later,
    stated,
    trial_years,
    years_later,
)

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
MAYBE = st.none() | DAYS
MARCH = date(2026, 3, 1)
ISSUED = date(2026, 2, 20)


def test_first_and_last_day_count() -> None:
    term = Term(MARCH, date(2026, 3, 31))
    assert [term.holds_on(MARCH + timedelta(n)) for n in (-1, 0, 30, 31)] == [False, True, True, False]


def test_without_dates_it_always_holds() -> None:
    assert Term(None, None).holds_on(MARCH)


def test_a_successor_ends_the_rule_the_day_before() -> None:
    assert Term(None, None).ended_by(MARCH) == Term(None, date(2026, 2, 28))
    assert Term(None, date(2025, 12, 31)).ended_by(MARCH).last == date(2025, 12, 31)


@given(MAYBE, MAYBE, DAYS, DAYS)
def test_a_rule_and_its_successor_never_hold_on_the_same_day(
    first: date | None, last: date | None, starts: date, day: date
) -> None:
    old, new = Term(first, last).ended_by(starts), Term(starts, None)
    assert len(in_force([("old", old), ("new", new)], day)) <= 1


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("本办法自2026年3月1日起施行。", MARCH, None),
        ("本办法自2026年3月1日起施行，有效期至2029年2月28日。", MARCH, date(2029, 2, 28)),
        ("本办法自2026年3月1日起施行，有效期3年。", MARCH, date(2029, 2, 28)),
        ("本办法自2026年3月1日起施行。有效期五年。", MARCH, date(2031, 2, 28)),
        ("本办法自2026年3月1日起施行，有效期6个月。", MARCH, date(2026, 8, 31)),
        ("本办法自2026年3月1日起试行，试行期一年。", MARCH, date(2027, 2, 28)),
        ("本办法自发布之日起施行，有效期两年。", ISSUED, date(2028, 2, 19)),
        ("本通知从二〇二六年三月一日起执行。", MARCH, None),
        ("本办法有效期自2026年3月1日起至2027年12月31日。", MARCH, date(2027, 12, 31)),
        ("本办法自2026年3月1日起施行，自2028年3月1日起自行废止。", MARCH, date(2028, 2, 29)),
        ("本通知自2026年3月1日起施行，执行至2026年12月31日。", MARCH, date(2026, 12, 31)),
        ("本办法自印发之日起三十日后施行。", None, None),
        ("第五条 健康证有效期一年，过期的重新办。\n本办法自2026年3月1日起施行。", MARCH, None),
        ("集中缴费期为2026年9月15日至2026年12月31日。", None, None),
        ("本办法自2026年3月1日起施行。《旧办法》自2026年4月1日起废止。", MARCH, None),
    ],
)
def test_a_term_is_what_the_document_says_of_itself(said: str, first: date | None, last: date | None) -> None:
    assert stated(said, ISSUED).term == Term(first, last)


def test_what_is_on_trial_is_called_so_and_given_no_years() -> None:
    found = stated("本办法自2026年3月1日起施行。", ISSUED, "示例镇积分管理办法（试行）")
    assert found.on_trial
    assert found.term.last is None
    assert stated("本办法自2026年3月1日起试行。", ISSUED, "示例镇积分管理办法").on_trial
    assert not stated("依据《社会救助暂行办法》，本办法自2026年3月1日起施行。", ISSUED, "临时救助办法").on_trial


def test_the_issuers_own_rule_gives_what_is_on_trial_its_years() -> None:
    rule = "规范性文件标注“暂行”“试行”的，有效期不超过2年。"
    years = trial_years(rule)
    assert years == 2
    on_trial = stated("本办法自2026年3月1日起施行。", None, "积分暂行办法")
    known = lapse_by_rule(on_trial, years)
    assert (known.term.last, known.last) == (date(2028, 2, 29), Found.issuer_rule)
    for other in (stated("本办法自2026年3月1日起施行。", None, "积分办法"), known):
        assert lapse_by_rule(other, 5) == other


@given(DAYS, st.integers(1, 60))
def test_so_many_months_end_on_the_eve_of_the_same_day(starts: date, months: int) -> None:
    after = months_later(starts, months) + timedelta(days=1)
    assert (after.year * 12 + after.month) - (starts.year * 12 + starts.month) == months + (after.day != starts.day)
    assert after.day in {starts.day, 1}
    assert years_later(starts, 2) == months_later(starts, 24)
