"""Reports of one thing on both engines: linked at once, merged by a clerk, everybody told."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from skills.rehearsal.founding import TOWN
from township.clock import TurnedClock
from township.db import Database
from township.errors import Mistake, Refused
from workflows import cases
from workflows.models import case_people
from workflows.models import cases as rows
from workflows.related import ties
from workflows.related.ties import TieKind
from workflows.state import Via

Report = Callable[..., cases.Outcome]
Do = Callable[..., cases.Outcome]
LAMP = {"what": "南路口的路灯不亮", "kind": "lamp", "place": "南路口"}


def test_neighbours_hear_that_others_have_reported_it(town: Database, report: Report) -> None:
    first = report("m1", spoke=None, affected="v2", wrote="c1", fields=LAMP)
    second = report("m2", spoke="v1", fields={**LAMP, "what": "路灯又灭了"})
    third = report("m3", spoke="v1", fields={**LAMP, "place": "小学门口", "what": "小学门口灯坏"})
    assert "也报了" not in first.reply
    assert "还有 1 户也报了" in second.reply
    assert "也报了" not in third.reply
    (tie,) = town.read_now(lambda tx: ties.of_case(tx, first.case_id))
    assert (tie.other_id, tie.kind, tie.by) == (second.case_id, TieKind.SAME, None)
    assert town.read_now(lambda tx: ties.of_case(tx, third.case_id)) == []


def test_a_merged_case_is_closed_and_its_people_hear_of_the_other(town: Database, report: Report, do: Do) -> None:
    first = report("m1", spoke=None, affected="v2", wrote="c1", fields=LAMP)
    second = report("m2", spoke="v1", fields=LAMP, via=Via.VOICE)
    merged = do(second.case_id, "c1", "merge", "tap1", into=first.number)
    assert merged.result == "merged"
    told = town.read_now(
        lambda tx: tx.execute(sa.select(rows.c.told, rows.c.channels).where(rows.c.id == first.case_id))
    )
    assert tuple(told.one()) == (["v2", "v1"], ["chat", "voice"])
    parts = sa.select(case_people.c.part).where(case_people.c.case_id == first.case_id, case_people.c.person_id == "v1")
    assert town.read_now(lambda tx: set(tx.execute(parts).scalars())) == {"spoke", "told"}
    assert {tie.kind for tie in town.read_now(lambda tx: ties.of_case(tx, second.case_id))} == {
        TieKind.SAME,
        TieKind.MERGED,
    }
    assert do(second.case_id, "c1", "merge", "tap1", into=first.number).repeated


@pytest.mark.parametrize("into", ["柳树 99 号", "柳树2号", ""])
def test_into_nothing_or_itself_is_refused_and_leaves_no_trace(
    town: Database, report: Report, do: Do, into: str
) -> None:
    report("m1", spoke="v1", fields=LAMP)
    second = report("m2", spoke="v1", fields=LAMP)
    with pytest.raises(Mistake):
        do(second.case_id, "c1", "merge", "tap1", into=into)
    assert town.read_now(lambda tx: cases.standing(tx, TOWN, second.case_id)).result == ""


def test_a_grievance_or_a_closed_case_takes_nobody_in(town: Database, report: Report, do: Do) -> None:
    secret = report("m1", skill="grievance", fields={"what": "账不清"})
    first, second = report("m2", fields=LAMP), report("m3", fields=LAMP)
    with pytest.raises(Mistake, match="no_such_case"):
        do(first.case_id, "c1", "merge", "tap1", into=secret.number)
    do(second.case_id, "v1", "withdraw", "m4", via=Via.CHAT)
    with pytest.raises(Refused, match="other_case_closed"):
        do(first.case_id, "c1", "merge", "tap2", into=second.number)


def test_a_day_in_the_answer_is_told_and_becomes_the_deadline(
    town: Database, report: Report, do: Do, clock: TurnedClock
) -> None:
    case = report("m1", fields=LAMP)
    done = do(case.case_id, "c1", "reply", "tap1", word="灯泡没货，下周三前修好")
    heard = [getattr(effect, "text", "") for effect in done.effects]
    assert any("李会计答应 12月2日（周三） 前办好" in text for text in heard)
    due = town.read_now(lambda tx: tx.execute(sa.select(rows.c.due_at).where(rows.c.id == case.case_id)).scalar_one())
    assert due.isoformat() == "2026-12-02T17:30:00+08:00"
