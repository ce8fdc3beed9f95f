"""What somebody held who left goes to the other who was asked, or the next of the service, and never to outsiders."""

import pytest
import sqlalchemy as sa

from skills.rehearsal.founding import TOWN
from tests.integration.workflows.conftest import Do, Report
from township.clock import TurnedClock
from township.db import Database
from township.models import grants
from workflows import departures, history, tasks
from workflows.models import cases as case_rows


def leaves(town: Database, clock: TurnedClock, person: str) -> list[str]:
    """End the roles of somebody and hand over; returns the cases that nobody took."""

    def call(tx: sa.Connection) -> list[str]:
        tx.execute(sa.update(grants).where(grants.c.person_id == person).values(ends_at=clock.now()))
        return departures.hand_over(tx, TOWN, person, why=f"e-{person}", now=clock.now())

    return town.write_now(call)


def holders(town: Database, case_id: str) -> list[str]:
    found = town.read_now(lambda tx: tasks.of_case(tx, case_id))
    return sorted(task.person_id for task in found if task.state == "open")


def test_the_next_of_the_service_takes_over_once_and_the_chain_stays_whole(
    town: Database, report: Report, clock: TurnedClock
) -> None:
    case = report()
    assert holders(town, case.case_id) == ["c1"]
    assert leaves(town, clock, "c1") == []
    assert leaves(town, clock, "c1") == []
    assert holders(town, case.case_id) == ["c2"]
    line = town.read_now(lambda tx: history.events(tx, case.case_id))
    assert [event.kind for event in line] == ["opened", "left"]
    head = town.read_now(
        lambda tx: tx.execute(sa.select(case_rows.c.head).where(case_rows.c.id == case.case_id)).scalar_one()
    )
    assert history.first_break(line, head) is None


def test_the_other_who_was_asked_keeps_a_complaint_and_nobody_else_sees_it(
    town: Database, report: Report, clock: TurnedClock
) -> None:
    case = report(skill="grievance", fields={"what": "吃拿卡要"})
    assert holders(town, case.case_id) == ["t4", "t5"]
    assert leaves(town, clock, "t4") == []
    assert holders(town, case.case_id) == ["t5"]
    assert leaves(town, clock, "t5") == [case.case_id]
    assert holders(town, case.case_id) == ["t5"], "it stays where it was rather than go to a leader"


def test_the_task_of_a_leader_goes_to_another(town: Database, report: Report, do: Do, clock: TurnedClock) -> None:
    case = report()
    leaves(town, clock, "c1")
    leaves(town, clock, "c2")
    assert holders(town, case.case_id) == ["t1"]
    leaves(town, clock, "t1")
    assert holders(town, case.case_id) == ["t3"], "nobody of the service is left: the leader of the late steps"
    do(case.case_id, "t3", "accept", "k1")
    assert holders(town, case.case_id) == ["t3"]


@pytest.mark.parametrize("person", ["v1", "t2"])
def test_who_held_nothing_leaves_nothing(town: Database, report: Report, clock: TurnedClock, person: str) -> None:
    case = report()
    assert leaves(town, clock, person) == []
    assert holders(town, case.case_id) == ["c1"]
