"""Another village's case is not found: by id, number, list, count, time line, clock or call list."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skills import registry
from skills.rehearsal.founding import TOWN, prepare
from township import directory
from township.clock import SHANGHAI
from township.db import Database, Tx
from township.scope import Scope
from workflows import calllist, casebook, cases

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
SKILLS = [one.skill for one in registry.house() if one.skill]
SPEAKERS = {"v1": "liushu", "v2": "liushu", "v3": "taoyuan"}
OFFICES = {"c1": "liushu", "c2": "liushu", "c4": "taoyuan"}
TOWN_OFFICES = ("t1", "t2", "t3")
EVERYBODY = (*SPEAKERS, *OFFICES, *TOWN_OFFICES, "c3", "t4", "t5", "t6", None)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Database, list[tuple[str, str, str, str]]]":
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('visibility') / Path('cases.db')}")
    db.create_all()
    prepare(db, *SKILLS, at=NOW)
    known = []
    for number in range(30):
        speaker = list(SPEAKERS)[number % 3]
        skill = ("village_report", "handoff", "grievance")[number // 3 % 3]
        fields = {"what": f"事{number}"} | ({"kind": "lamp"} if skill == "village_report" else {})
        opening = cases.Opening(TOWN, skill, f"m{number}", fields, NOW, spoke=speaker)
        outcome = db.write_now(lambda tx, opening=opening: cases.open(tx, opening, now=NOW))
        known.append((outcome.case_id, outcome.number, skill, speaker))
    return db, known


def may(person: str | None, skill: str, speaker: str) -> bool:
    """The reference: who may see which case, in words of the brief rather than of SQL."""
    if person is None:
        return False
    if person == speaker:
        return True
    if skill == "grievance":
        return person in ("t4", "t5")
    if person in TOWN_OFFICES:
        return True
    return OFFICES.get(person) == SPEAKERS[speaker]


@given(person=st.sampled_from(EVERYBODY), number=st.integers(0, 29))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_least_scope(opened: tuple[Database, list[tuple[str, str, str, str]]], person: str | None, number: int) -> None:
    db, known = opened
    case_id, case_number, skill, speaker = known[number]

    def probe(tx: Tx) -> list[bool]:
        who = directory.person(tx, person) if person else None
        scope = directory.scope_of(tx, who, NOW) if who else Scope.public(TOWN)
        return [
            casebook.get(tx, scope, case_id) is not None,
            casebook.find(tx, scope, case_number) is not None,
            case_id in {case.id for case in casebook.listed(tx, scope)},
            bool(casebook.timeline(tx, scope, case_id)),
            bool(casebook.clocks_in_words(tx, scope, case_id, NOW)),
        ]

    assert db.read_now(probe) == [may(person, skill, speaker)] * 5


def test_another_town_sees_nothing(opened: tuple[Database, list[tuple[str, str, str, str]]]) -> None:
    db, known = opened
    scope = Scope("elsewhere", "t1", offices=frozenset({("town_clerk", None)}))
    assert db.read_now(lambda tx: casebook.listed(tx, scope)) == []
    assert db.read_now(lambda tx: casebook.get(tx, scope, known[0][0])) is None


def test_call_lines_stay_in_their_village(opened: tuple[Database, list[tuple[str, str, str, str]]]) -> None:
    db, _ = opened
    written = cases.Opening(
        TOWN, "village_report", "b1", {"what": "漏雨", "kind": "house"}, NOW, affected="v2", wrote="c1"
    )
    db.write_now(lambda tx: cases.open(tx, written, now=NOW))

    def lines(tx: Tx, person: str) -> int:
        who = directory.person(tx, person)
        assert who
        return len(calllist.waiting(tx, directory.scope_of(tx, who, NOW)))

    assert db.read_now(lambda tx: lines(tx, "c1")) > 0
    assert db.read_now(lambda tx: lines(tx, "c4")) == 0
    assert db.read_now(lambda tx: lines(tx, "v1")) == 0
