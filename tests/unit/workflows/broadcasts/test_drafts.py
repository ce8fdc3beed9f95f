"""What an order says of itself, and its hash."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from township.clock import SHANGHAI
from township.errors import Refused
from workflows.broadcasts.drafts import Draft, Order, settled, texts
from workflows.broadcasts.moments import Spoken
from workflows.broadcasts.policy import Level
from workflows.clocks import recurrence

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
EVENING = datetime(2026, 11, 23, 19, 30, tzinfo=SHANGHAI)
VILLAGES = {"liushu": "柳树村", "taoyuan": "桃园村"}
ORDER = Order("停水", ("liushu",), Level.DAILY, EVENING, "", False, "示例镇")


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "停电"},
        {"zones": ("liushu", "taoyuan")},
        {"level": Level.IMPORTANT},
        {"minute": EVENING + timedelta(minutes=1)},
        {"minute": None},
        {"rule": "FREQ=DAILY"},
        {"skips_days_off": True},
        {"issuer": "别的镇"},
    ],
)
def test_whatever_is_shown_changes_the_hash(changed: dict[str, object]) -> None:
    assert replace(ORDER, **changed).digest != ORDER.digest  # type: ignore[arg-type]
    assert replace(ORDER).digest == ORDER.digest


def test_an_order_is_said_with_weekday_villages_and_level() -> None:
    assert ORDER.in_words(VILLAGES) == "11月23日（周一）19:30，柳树村，日常"
    assert replace(ORDER, zones=tuple(VILLAGES), minute=None).in_words(VILLAGES) == "一同意就播，2 个村全发，日常"
    weekly = replace(ORDER, rule=recurrence.rule_of(EVENING, "FREQ=WEEKLY;BYDAY=MO,FR"), skips_days_off=True)
    assert weekly.when_in_words() == "每周一、五 19:30（放假不播），第一次 11月23日（周一）19:30"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (Draft("停水", Spoken(date(2026, 11, 23), "morning", 8), ("liushu",)), "broadcast_minute_passed"),
        (Draft("停水", Spoken(date(2027, 11, 23), "morning", 8), ("liushu",)), "broadcast_too_far"),
        (
            Draft("停水", Spoken(hour=8, half="morning", rule="FREQ=DAILY"), ("liushu",), Level.URGENT),
            "broadcast_urgent_again",
        ),
        (Draft("停" * 301, Spoken(hour=8, half="morning"), ("liushu",)), "broadcast_too_long"),
        (Draft("停水", Spoken(hour=22), ("liushu",)), "broadcast_quiet"),
    ],
)
def test_what_may_not_be_is_refused(draft: Draft, code: str) -> None:
    with pytest.raises(Refused) as refused:
        settled(draft, NOW)
    assert refused.value.code == code


def test_urgent_words_are_heard_at_night() -> None:
    night = datetime(2026, 11, 23, 23, 0, tzinfo=SHANGHAI)
    draft = Draft("撤离", Spoken(is_now=True), ("liushu",), Level.URGENT)
    assert settled(draft, night).minute is None
    with pytest.raises(Refused):
        settled(replace(draft, level=Level.IMPORTANT), night)


def test_days_off_are_passed_over_from_the_first_minute_on() -> None:
    draft = Draft("巡查", Spoken(hour=8, half="morning", rule="FREQ=DAILY"), ("liushu",), skips_days_off=True)
    order = settled(draft, NOW, is_off=lambda day: day.weekday() != 4)
    assert order.minute == datetime(2026, 11, 27, 8, 0, tzinfo=SHANGHAI)
    assert recurrence.following(order.rule, order.minute, is_off=lambda day: day.weekday() != 4) == datetime(
        2026, 12, 4, 8, 0, tzinfo=SHANGHAI
    )
    assert recurrence.following(order.rule, order.minute, is_off=lambda _: True) is None


def test_a_rule_is_stored_as_the_calendar_standard_writes_it() -> None:
    stored = recurrence.rule_of(EVENING, "FREQ=MONTHLY;BYMONTHDAY=23")
    assert stored == "DTSTART;TZID=Asia/Shanghai:20261123T193000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=23"
    assert recurrence.following(stored, EVENING) == datetime(2026, 12, 23, 19, 30, tzinfo=SHANGHAI)
    assert recurrence.in_words(stored, EVENING, texts(), skips_days_off=False) == "每月 23 日 19:30"
