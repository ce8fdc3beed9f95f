"""A thousand probes across villages: what belongs to one village or person is found by nobody else, by any door."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bot.commands.asking import SAMPLES
from knowledge.answers import Answerer
from knowledge.index import ExactIndex
from knowledge.library import Library
from knowledge.structure import folders
from township import directory
from township.db import Database, Tx
from township.models import people, villages
from township.scope import Scope
from workflows import casebook
from workflows.models import cases

SPEAKERS = {f"v-0{n}01": f"红布条{n}号杆的路灯不亮了" for n in range(1, 7)}
"""A villager of each village, and a report that nobody else would make."""
TOWN_WIDE = {"town_clerk", "town_duty", "town_leader", "knowledge_keeper", "discipline"}
QUESTION = re.compile("什么|哪")
CANARIES = folders.manifest(SAMPLES).canaries


@dataclass(frozen=True)
class Probes:
    """What was tried, and what should not have come out."""

    tried: list[str]
    leaked: list[str]

    def hold(self, name: str, *, leaks: bool) -> None:
        self.tried.append(name)
        if leaks:
            self.leaked.append(name)


@pytest.fixture(scope="module")
def told(make_town: Any) -> Iterator[tuple[Any, dict[str, str]]]:
    """A town in which each village has a report, and a complaint about a cadre of the first."""
    with make_town() as town:
        for speaker, words in SPEAKERS.items():
            town.say(speaker, words)
        for speaker in SPEAKERS:
            town.expect(speaker, "记下了")
        town.say("v-0102", "俺要举报村主任收了俺的钱不办事")
        town.expect("v-0102")
        answers = {}
        for speaker in SPEAKERS:
            for canary in CANARIES.values():
                town.say(speaker, canary.ask if QUESTION.search(canary.ask) else f"{canary.ask}是什么")
                answers[f"{speaker} {canary.secret}"] = town.expect(speaker)["text"]
        town.app.stop()
        yield town, answers


@pytest.fixture(scope="module")
def db(told: tuple[Any, dict[str, str]]) -> Iterator[Database]:
    database = Database(f"sqlite:///{told[0].home / 'dinglin.db'}")
    yield database
    database.close_now()


def everybody(tx: Tx, at: datetime) -> list[tuple[directory.Person, Scope]]:
    found = [directory.person(tx, one) for one in tx.execute(sa.select(people.c.id)).scalars()]
    return [(one, directory.scope_of(tx, one, at)) for one in found if one]


def faces(tx: Tx, scope: Scope, row: Any, at: datetime) -> dict[str, bool]:
    """Try every door to a case; true where it opens."""
    doors: dict[str, Callable[[], object]] = {
        "get": lambda: casebook.get(tx, scope, row.id),
        "find": lambda: casebook.find(tx, scope, row.number),
        "timeline": lambda: casebook.timeline(tx, scope, row.id),
        "clocks": lambda: casebook.clocks_in_words(tx, scope, row.id, at),
        "listed": lambda: [one for one in casebook.listed(tx, scope, limit=500) if one.id == row.id],
    }
    return {name: bool(door()) for name, door in doors.items()}


def test_a_thousand_probes_leak_nothing(told: tuple[Any, dict[str, str]], db: Database) -> None:
    town, answers = told
    at, probes = town.now(), Probes([], [])

    def of_cases(tx: Tx) -> None:
        for row in tx.execute(sa.select(cases)).all():
            for who, scope in everybody(tx, at):
                may = who.id in {row.affected_id, row.spoke_id, row.wrote_id, *row.told}
                if row.restricted:
                    may |= "discipline" in scope.roles
                else:
                    may |= bool(scope.roles) and row.village_id in scope.villages
                    may |= bool(scope.roles & TOWN_WIDE)
                for name, opens in faces(tx, scope, row, at).items():
                    if not may:
                        probes.hold(f"case {row.number} by {name} for {who.id}", leaks=opens)

    db.read_now(of_cases)
    library = Library(db, None, ExactIndex())
    library.refresh(at.date())
    names = db.read_now(lambda tx: {row.id: row.name for row in tx.execute(sa.select(villages))})
    answerer = Answerer(library, frozenset(names.values()))
    for who, scope in db.read_now(lambda tx: everybody(tx, at)):
        for village, canary in CANARIES.items():
            if village in {names[one] for one in scope.villages}:
                continue
            text = answerer.answer(canary.ask, scope=scope, at=at).text
            probes.hold(f"document of {village} for {who.id}", leaks=canary.secret in text)
    for asked, text in answers.items():
        speaker, _, secret = asked.partition(" ")
        if secret != list(CANARIES.values())[int(speaker[3]) - 1].secret:
            probes.hold(f"answer to {speaker} on {secret}", leaks=secret in text)
    assert probes.leaked == []
    assert len(probes.tried) >= 1000


def test_the_own_village_is_told(told: tuple[Any, dict[str, str]], db: Database) -> None:
    """Control: what the probes look for is there to be found."""
    town, answers = told
    at = town.now()
    for speaker, canary in zip(SPEAKERS, CANARIES.values(), strict=True):
        assert canary.secret in answers[f"{speaker} {canary.secret}"]

    def seen(tx: Tx) -> list[bool]:
        rows = {row.spoke_id: row for row in tx.execute(sa.select(cases).where(cases.c.skill == "village_report"))}
        by_id = {one.id: scope for one, scope in everybody(tx, at)}
        return [all(faces(tx, by_id[one], rows[one], at).values()) for one in rows]

    assert db.read_now(seen) == [True] * len(SPEAKERS)
