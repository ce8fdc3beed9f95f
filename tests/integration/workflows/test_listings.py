"""Pages of cases on both engines: the newest first, nothing twice or left out, for every role and every choice."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from skills.rehearsal.founding import TOWN
from township import directory
from township.clock import TurnedClock
from township.db import Database, Tx
from township.scope import Scope
from workflows import casebook, cases
from workflows.casebook import Filter
from workflows.state import Via

SPEAKERS = {"v1": "liushu", "v3": "taoyuan"}
SEES = {"v1": {"v1"}, "v3": {"v3"}, "c1": {"v1"}, "c4": {"v3"}, "t1": {"v1", "v3"}, "t6": set(), "c3": set()}


@pytest.fixture
def opened(town: Database, report: Callable[..., cases.Outcome], clock: TurnedClock) -> list[tuple[str, str, str]]:
    """Twelve reports, the newest first: id, who spoke, what kind."""
    made = []
    for number in range(12):
        speaker, kind = list(SPEAKERS)[number % 2], ("lamp", "road", "water")[number % 3]
        clock.forward(timedelta(minutes=number % 4))
        outcome = report(f"m{number}", spoke=speaker, fields={"what": f"第{number}件", "kind": kind})
        made.append((outcome.case_id, speaker, kind))
    return made[::-1]


@pytest.mark.parametrize("person", SEES)
@pytest.mark.parametrize("kind", [None, "lamp"])
def test_pages_hold_what_one_may_see_in_order(
    town: Database, opened: list[tuple[str, str, str]], clock: TurnedClock, person: str, kind: str | None
) -> None:
    wanted = [one for one, spoke, what in opened if spoke in SEES[person] and kind in (None, what)]

    def pages(tx: Tx) -> list[str]:
        scope, chosen = _scope(tx, person, clock), Filter(is_open=True, kind=kind)
        found = [casebook.listed(tx, scope, chosen, limit=2, offset=2 * page) for page in range(7)]
        return [case.id for page in found for case in page]

    assert town.read_now(pages) == wanted
    assert town.read_now(lambda tx: casebook.counted(tx, _scope(tx, person, clock), Filter(kind=kind))) == len(wanted)


def test_a_closed_one_leaves_the_open_ones_and_stays_ones_own(
    town: Database, opened: list[tuple[str, str, str]], do: Callable[..., cases.Outcome], clock: TurnedClock
) -> None:
    (last, speaker, _), *_ = opened
    do(last, speaker, "withdraw", "w1", via=Via.CHAT)

    def look(tx: Tx) -> tuple[list[str], list[str], list[str]]:
        scope = _scope(tx, speaker, clock)
        closed = [case.id for case in casebook.listed(tx, scope, Filter(is_open=False))]
        still = [case.id for case in casebook.listed(tx, scope, Filter(is_open=True, person_id=speaker))]
        return closed, still, [case.id for case in casebook.mine(tx, scope, limit=20)]

    closed, still, mine = town.read_now(look)
    assert closed == [last]
    assert still == [one for one, spoke, _ in opened if spoke == speaker and one != last]
    assert mine == [*still, last]


def test_a_number_is_found_as_it_is_said(
    town: Database, opened: list[tuple[str, str, str]], clock: TurnedClock
) -> None:
    def found(tx: Tx) -> set[str]:
        scope = _scope(tx, "t1", clock)
        cases_found = [
            casebook.find(tx, scope, said) for said in ("柳树 1 号", "柳树1号", " 柳树1 号 ", "柳树1", "柳树村1号")
        ]
        return {case.id for case in cases_found if case}

    assert town.read_now(found) == {opened[-1][0]}
    assert town.read_now(lambda tx: casebook.find(tx, _scope(tx, "c4", clock), "柳树1号")) is None


def _scope(tx: Tx, person_id: str, clock: TurnedClock) -> Scope:
    person = directory.person(tx, person_id)
    assert person
    assert person.town_id == TOWN
    return directory.scope_of(tx, person, clock.now())
