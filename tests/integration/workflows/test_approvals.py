"""Branches, sending back, asking first and taking back through the one door; and cases that were stored before."""

from pathlib import Path

from skills import checks, registry, scenarios
from skills.rehearsal.player import play
from township.db import Database
from workflows import records
from workflows.flow import signing
from workflows.state import Task, TaskKind

LOADED = registry.load(Path(__file__).with_name("three_look"))


def test_branches_are_sent_back_asked_in_and_taken_back(db: Database) -> None:
    assert LOADED.skill, LOADED.problems
    (talk,) = scenarios.of("three_look", LOADED.skill.files)
    assert talk.scenario, talk.problems
    db.create_all()
    played = play(db, LOADED.skill, talk.scenario)
    assert played.passed, (played.step, played.why)


def test_the_price_counts_the_people_of_all_branches() -> None:
    assert LOADED.skill
    assert checks.price(LOADED.skill).cadres == 6


def test_a_case_that_was_stored_before_there_were_lines_is_read_from_its_tasks() -> None:
    assert LOADED.skill
    held = (Task("1", TaskKind.STAGE, "a", "", "check"), Task("2", TaskKind.LEADER, "b", "", "check"))
    row = {"stage": "check", "progress": {"counts": {}, "decided": {}, "queue": []}}
    where = records._standing(row, held, LOADED.skill.definition)
    assert (where.stage, where.trail) == ("check", ("check",))
    assert [one.person for one in signing.heads(where.places["check"])] == ["a"]
    closed = records._standing({"stage": "closed", "progress": {}}, (), LOADED.skill.definition)
    assert closed.places == {}
