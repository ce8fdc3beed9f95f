"""Seals under any order of acts by any people with any offices: what must hold of them holds after each act."""

import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.integration.workflows.sealing import ACTIONS, OFFICES, PEOPLE, TOWN_OFFICES, Village
from township.db import Database
from workflows.state import Via

PERSON = st.sampled_from(PEOPLE)
HELD = st.dictionaries(
    PERSON,
    st.lists(st.sampled_from([*OFFICES, *(f"town.{one}" for one in TOWN_OFFICES)]), max_size=4, unique=True),
    max_size=8,
)
SKILL = st.sampled_from(["residence_proof", "homestead_opinion"])
WAYS = st.sampled_from([Via.CARD, Via.TYPED, Via.CONSOLE, Via.VOICE, Via.CHAT])
OUTCOMES = st.sampled_from(["sealed", "sealed", "failed", "doubt"])
EMPTY = Path(tempfile.mkdtemp()) / "empty.db"


def empty_database(folder: Path) -> Database:
    """A database with every table, copied from one that was made once."""
    if not EMPTY.exists():
        made = Database(f"sqlite:///{EMPTY}")
        made.create_all()
        made.close_now()
    shutil.copy(EMPTY, folder / "seals.db")
    return Database(f"sqlite:///{folder / 'seals.db'}")


class Seals(RuleBasedStateMachine):
    """Anybody tries anything."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.village = Village(empty_database(self.folder))

    def teardown(self) -> None:
        self.village.refuses_to_forget()
        self.village.db.close_now()
        shutil.rmtree(self.folder)

    @initialize(held=HELD, skill=SKILL, affected=PERSON, spoke=PERSON, wrote=st.none() | PERSON)
    def begin(self, held: dict[str, list[str]], skill: str, affected: str, spoke: str, wrote: str | None) -> None:
        self.village.found(held)
        self.village.apply(skill, affected, spoke, wrote)

    @rule(pick=st.integers(0, 7))
    def somebody_does_what_is_asked(self, pick: int) -> None:
        self.village.go_on(pick)

    @rule(pick=st.integers(0, 7), times=st.integers(2, 5))
    def several_do_what_is_asked(self, pick: int, times: int) -> None:
        for _ in range(times):
            self.village.go_on(pick)

    @rule(person=PERSON, action=st.sampled_from(ACTIONS), via=WAYS, pick=st.integers(-1, 5))
    def somebody_meddles(self, person: str, action: str, via: Via, pick: int) -> None:
        seen = ["", *self.village.seen]
        shown = self.village.shown() if pick < 0 else seen[pick % len(seen)]
        self.village.act(person, action, via, shown)

    @rule(outcome=OUTCOMES)
    def the_seal_comes_back(self, outcome: str) -> None:
        self.village.comes_back(outcome)

    @rule(absent=PERSON, deputy=PERSON)
    def somebody_is_away(self, absent: str, deputy: str) -> None:
        self.village.stand_in(absent, deputy)

    @precondition(lambda self: self.village.acts)
    @rule(pick=st.integers(0, 9))
    def a_tap_comes_twice(self, pick: int) -> None:
        self.village.again(pick)

    @invariant()
    def what_must_hold(self) -> None:
        self.village.check()


SLOW: Any = [HealthCheck.too_slow, HealthCheck.filter_too_much]
Seals.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=SLOW)
TestSeals = Seals.TestCase


@pytest.mark.parametrize("seed", range(3))
def test_the_same_on_postgresql(postgres_db: Database, seed: int) -> None:
    """The same village on the other engine, driven by dice."""
    dice = random.Random(seed)
    village = Village(postgres_db)
    offices = [*OFFICES, *(f"town.{one}" for one in TOWN_OFFICES)]
    village.found({person: dice.sample(offices, dice.randint(0, 3)) for person in PEOPLE})
    village.apply("residence_proof", "p1", dice.choice(PEOPLE), None)
    for _ in range(40):
        match dice.randint(0, 5):
            case 0 | 1 | 2:
                village.go_on(dice.randint(0, 7))
            case 3:
                village.comes_back(dice.choice(["sealed", "failed", "doubt"]))
            case 4:
                shown = dice.choice(["", *village.seen])
                village.act(dice.choice(PEOPLE), dice.choice(ACTIONS), dice.choice([Via.CARD, Via.TYPED]), shown)
            case _:
                village.again(dice.randint(0, 9))
        village.check()
    village.refuses_to_forget()
