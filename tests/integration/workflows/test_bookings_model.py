"""Lending and a line against a reference of a few lines: whatever people do, and in whichever order."""

import shutil
import tempfile
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from skills import registry
from skills.rehearsal.founding import TOWN, prepare
from township.clock import SHANGHAI
from township.db import Database
from township.errors import Mistake, Refused
from workflows import cases
from workflows.bookings import keeping, line, times

ROOT = Path(__file__).parents[2] / "unit" / "skills" / "booked"
BOOKED = {one.id: one.skill for one in registry.load_all(ROOT) if one.skill}
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
PEOPLE = ("v1", "v2", "c1", "c2", "c5")
DAYS = st.integers(1, 6)


def stay(first: int, days: int) -> dict[str, str]:
    begins = NOW.date() + timedelta(days=first)
    return {"from": begins.isoformat(), "to": (begins + timedelta(days=days - 1)).isoformat()}


@cache
def _founded() -> Path:
    """The town of every example, made once."""
    path = Path(tempfile.mkdtemp()) / "model.db"
    db = Database(f"sqlite:///{path}")
    db.create_all()
    prepare(db, BOOKED["tiller"], BOOKED["thresher"], at=NOW)
    db.close_now()
    return path


class Village(RuleBasedStateMachine):
    """Six tillers and one threshing floor, with what the reference knows of them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.db = Database(f"sqlite:///{shutil.copy(_founded(), self.folder.name)}")
        self.turns = 0
        self.lent: dict[str, tuple[int, int, int]] = {}
        """By case: how many are out, from which day, for how many days."""
        self.lost = 0
        self.order: list[tuple[str, str]] = []
        """Who stands in the line, and their cases; the first has the turn."""

    def teardown(self) -> None:
        self.db.close_now()
        self.folder.cleanup()

    def key(self) -> str:
        self.turns += 1
        return f"m{self.turns}"

    def open(self, skill: str, person: str, fields: dict[str, object]) -> cases.Outcome:
        one = cases.Opening(TOWN, skill, self.key(), fields, NOW, spoke=person, village_id="liushu")
        return self.db.write_now(lambda tx: cases.open(tx, one, now=NOW))

    def act(self, case_id: str, action: str, by: str, **given: object) -> None:
        one = cases.Act(TOWN, case_id, action, self.key(), by, given)
        self.db.write_now(lambda tx: cases.act(tx, one, now=NOW))

    def free(self, first: int, days: int, but: str = "") -> int:
        others = [one for case, one in self.lent.items() if case != but]
        out = [
            sum(n for n, begins, long in others if begins <= day < begins + long) for day in range(first, first + days)
        ]
        return max(0, 6 - self.lost - max(out))

    @rule(amount=st.integers(1, 5), first=DAYS, days=DAYS)
    def borrows(self, amount: int, first: int, days: int) -> None:
        fits = amount <= self.free(first, days)
        try:
            made = self.open("tiller", "v1", {"tillers": amount, "stay": stay(first, days)})
        except Mistake:
            assert not fits
            return
        assert fits
        self.lent[made.case_id] = (amount, first, days)

    @precondition(lambda self: bool(self.lent))
    @rule(data=st.data(), first=DAYS, days=DAYS)
    def moves(self, data: st.DataObject, first: int, days: int) -> None:
        case = data.draw(st.sampled_from(sorted(self.lent)))
        amount = self.lent[case][0]
        fits = amount <= self.free(first, days, but=case)
        try:
            self.act(case, "move", "v1", stay=stay(first, days))
        except Mistake:
            assert not fits
            return
        assert fits
        self.lent[case] = (amount, first, days)

    @precondition(lambda self: bool(self.lent))
    @rule(data=st.data(), lost=st.integers(0, 2))
    def returns(self, data: st.DataObject, lost: int) -> None:
        case = data.draw(st.sampled_from(sorted(self.lent)))
        try:
            self.act(case, "returned", "c3", lost_tillers=lost)
        except Mistake:
            assert lost > self.lent[case][0]
            return
        self.lost += lost
        del self.lent[case]

    @rule(person=st.sampled_from(PEOPLE))
    def queues(self, person: str) -> None:
        try:
            made = self.open("thresher", person, {"yard": "east"})
        except Refused:
            assert person in [one for one, _ in self.order]
            return
        assert person not in [one for one, _ in self.order]
        self.order.append((person, made.case_id))

    @precondition(lambda self: bool(self.order))
    @rule()
    def is_done(self) -> None:
        self.act(self.order.pop(0)[1], "done", "c3")

    @precondition(lambda self: len(self.order) > 1)
    @rule(data=st.data())
    def leaves(self, data: st.DataObject) -> None:
        person, case = self.order.pop(data.draw(st.integers(1, len(self.order) - 1)))
        self.act(case, "withdraw", person)

    @precondition(lambda self: len(self.order) > 1)
    @rule(data=st.data())
    def gives_way(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(1, len(self.order) - 1))
        person, case = self.order[place]
        try:
            self.act(case, "give_way", person)
        except Refused:
            assert place == len(self.order) - 1
            return
        self.order[place], self.order[place + 1] = self.order[place + 1], self.order[place]

    @invariant()
    def nobody_has_what_another_has(self) -> None:
        for first in (1, 4):
            span = times.span_of(stay(first, 3))
            assert span is not None
            asked = partial(keeping.free_during, town_id=TOWN, village_id="liushu", span=span, now=NOW)
            found = self.db.read_now(partial(asked, definition=BOOKED["tiller"].definition))
            assert found[0].free == self.free(first, 3)
        for place, (_, case) in enumerate(self.order):
            standing = self.db.read_now(partial(line.standing, case_id=case))
            assert standing is not None
            assert (standing.ahead, standing.is_called) == (place, place == 0)


TestVillage = Village.TestCase
TestVillage.settings = settings(
    max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
