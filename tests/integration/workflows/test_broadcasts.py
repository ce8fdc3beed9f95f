"""Broadcasts in any order: never twice, never unapproved, never before their minute, whatever dies in between."""

import asyncio
import random
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.integration.workflows.broadcast_play import PEOPLE, TOWN_CLERK, VILLAGE_CLERK, WEATHER, Play
from township.db import Database
from workflows.broadcasts import minutes
from workflows.broadcasts.policy import Level
from workflows.state import Via

ACTIONS = ("approve", "approve", "approve", "withdraw", "reject", "resend", "reassign", "leave")
VIAS = (Via.CARD, Via.TYPED, Via.VOICE)
AHEAD = (0, 10, 10, 45, 600)
PASSES = (0, 1, 1, 10, 10, 31, 45, 1440)


class Broadcasts(RuleBasedStateMachine):
    """Any story."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="broadcasts"))
        self.db = Database(f"sqlite:///{self.home / 'test.db'}")
        self.db.create_all()
        self.play = Play(self.db)

    @rule(
        editor=st.sampled_from([VILLAGE_CLERK, TOWN_CLERK]),
        level=st.sampled_from([Level.DAILY, Level.DAILY, Level.IMPORTANT, Level.URGENT]),
        ahead=st.sampled_from(AHEAD),
        daily=st.booleans(),
    )
    def order(self, editor: str, level: Level, ahead: int, daily: bool) -> None:
        self.play.order(editor, level, ahead, daily=daily)

    @rule(
        index=st.integers(0, 5),
        person=st.sampled_from(PEOPLE),
        action=st.sampled_from(ACTIONS),
        via=st.sampled_from(VIAS),
    )
    def act(self, index: int, person: str, action: str, via: Via) -> None:
        self.play.act(index, person, action, via)

    @rule(index=st.integers(0, 5), via=st.sampled_from(VIAS[:2]))
    def everybody_approves(self, index: int, via: Via) -> None:
        for person in PEOPLE:
            self.play.act(index, person, "approve", via)

    @rule(index=st.integers(0, 5), ahead=st.sampled_from(AHEAD[1:]))
    def change(self, index: int, ahead: int) -> None:
        self.play.change(index, ahead)

    @rule(minutes=st.sampled_from(PASSES), weather=st.sampled_from(WEATHER))
    def time_passes(self, minutes: int, weather: str) -> None:
        before = len(self.play.groups.heard)
        self.play.passes(minutes, weather)
        self.play.check_gone(before)

    @invariant()
    def holds(self) -> None:
        self.play.check()

    def teardown(self) -> None:
        self.play.settle()
        self.play.check()
        self.db.close_now()
        shutil.rmtree(self.home, ignore_errors=True)


TestBroadcasts = Broadcasts.TestCase
TestBroadcasts.settings = settings(max_examples=8, stateful_step_count=20, deadline=None)


def test_a_long_story_holds_on_either_engine(db: Database) -> None:
    dice, play = random.Random(5), Play(db)
    for _ in range(40):
        play.order(
            dice.choice([VILLAGE_CLERK, TOWN_CLERK]),
            dice.choice(list(Level)),
            dice.choice(AHEAD),
            daily=dice.random() < 0.2,
        )
        for person in PEOPLE if dice.random() < 0.7 else ():
            play.act(len(play.ordered) - 1, person, "approve", dice.choice(VIAS[:2]))
        for _ in range(2):
            play.act(
                len(play.ordered) - 1 - dice.randrange(2), dice.choice(PEOPLE), dice.choice(ACTIONS), dice.choice(VIAS)
            )
        if dice.random() < 0.2:
            play.change(dice.randrange(9), dice.choice(AHEAD[1:]))
        before = len(play.groups.heard)
        play.passes(dice.choice(PASSES), dice.choice(WEATHER))
        play.check_gone(before)
        play.check()
    play.settle()
    play.check()
    assert play.groups.heard, "the story was silent"
    assert any(one.gone for one in play.ordered)
    assert any(one.is_set and not one.gone for one in play.ordered)


async def test_two_processes_at_the_same_minute_are_one(postgres_db: Database) -> None:
    play, other = Play(postgres_db), Database(postgres_db.url)
    play.order(TOWN_CLERK, Level.DAILY, 10, daily=False)
    for person in PEOPLE:
        play.act(0, person, "approve", Via.CARD)
    play.clock.forward(timedelta(minutes=10))
    now = play.clock.now()
    swept = await asyncio.gather(*(db.write(lambda tx: minutes.sweep(tx, now)) for db in (postgres_db, other) * 4))
    assert sum(swept) == 1
    await asyncio.to_thread(play.passes, 0, "fine")
    play.check()
    assert len(play.groups.heard) == 2
    other.close_now()
