"""When a round falls: by its rule, moved or left out where nobody works."""

from datetime import datetime

import pytest

from township.clock import SHANGHAI
from township.errors import Mistake
from township.workdays import Calendar
from workflows.clocks import recurrence
from workflows.kinds import Rounds
from workflows.rounds.planning import following

CALENDAR = Calendar()


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("every", "holidays", "after", "begins"),
    [
        ("每周三 08:00", "keep", "2026-11-23 09:00", "2026-11-25 08:00"),
        ("每周一、四 7:30", "keep", "2026-11-23 09:00", "2026-11-26 07:30"),
        ("每天 07:30", "keep", "2026-11-23 07:30", "2026-11-24 07:30"),
        ("每月15日 09:00", "keep", "2026-11-23 09:00", "2026-12-15 09:00"),
        ("每个工作日 09:00", "keep", "2026-11-27 10:00", "2026-11-30 09:00"),
        ("每周四 08:00", "keep", "2026-09-25 09:00", "2026-10-01 08:00"),
        ("每周四 08:00", "skip", "2026-09-25 09:00", "2026-10-08 08:00"),
        ("每周四 08:00", "before", "2026-09-25 09:00", "2026-09-30 08:00"),
        ("每周四 08:00", "after", "2026-09-25 09:00", "2026-10-08 08:00"),
    ],
)
def test_a_round_falls_where_people_work_if_that_was_said(every: str, holidays: str, after: str, begins: str) -> None:
    rounds = Rounds.model_validate({"every": every, "holidays": holidays})
    planned = following(rounds, at(after), at(after), CALENDAR)
    assert planned is not None
    assert planned.at == at(begins)


def test_what_passed_while_the_machine_was_down_is_one_round_not_many() -> None:
    rounds = Rounds.model_validate({"every": "每周三 08:00"})
    planned = following(rounds, at("2026-11-04 08:00"), at("2026-11-26 09:00"), CALENDAR)
    assert planned is not None
    assert planned.at == at("2026-11-25 08:00")


@pytest.mark.parametrize("text", ["每周三", "有空就来 08:00", "每周三 25:00", "08:00"])
def test_what_cannot_be_read_is_a_mistake(text: str) -> None:
    with pytest.raises(Mistake, match="unreadable_every"):
        recurrence.parse(text)
