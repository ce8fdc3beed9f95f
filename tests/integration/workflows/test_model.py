"""Cases against a reference interpreter of a page: any order of reports, taps, answers and passing time."""

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from skills import registry
from skills.rehearsal.founding import TOWN, prepare
from township.clock import SHANGHAI
from township.db import Database
from township.errors import Refused
from workflows import cases, history, tasks
from workflows.clocks import timers
from workflows.state import TaskKind

START = datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)
CLERK, HEAD, TOWN_CLERK, EXPERT, VILLAGER = "c1", "c2", "t1", "t6", "v1"
SKILLS = [one.skill for one in registry.house() if one.skill]
PEOPLE = st.sampled_from([CLERK, TOWN_CLERK, EXPERT, VILLAGER, "c4"])
VALUES = {
    "done": {"result": "好了"}, "ask": {"question": "哪里"}, "answer": {"reply": "那里"},
    "return": {"reason": "不归我"},
    "refuse": {"reason": "办不了"}, "hand_on": {"to": EXPERT}, "not_fixed": {"more": "没好"},
}  # fmt: skip
OFFICE = {"done": "confirm", "ask": "ask_back", "hand_on": "handle", "return": "dispatch", "refuse": "closed"}
MOVES = {
    "assign": {"accept": "handle", **OFFICE},
    "handle": OFFICE,
    "dispatch": {"hand_on": "handle", "back": "assign", "refuse": "closed"},
    "ask_back": {"answer": "handle"},
    "confirm": {"fixed": "closed", "not_fixed": "handle", "leave_me": "closed"},
}
"""The reference: what leads where."""
RESULTS = {"refuse": "refused", "fixed": "done", "leave_me": "unanswered", "withdraw": "withdrawn"}
ACTIONS = st.sampled_from(
    [
        "accept",
        "done",
        "ask",
        "answer",
        "return",
        "back",
        "refuse",
        "hand_on",
        "fixed",
        "not_fixed",
        "leave_me",
        "withdraw",
        "reopen",
    ]
)


@dataclass
class Reference:
    """A case as the reference sees it."""

    case_id: str
    stage: str = "assign"
    result: str = ""
    assignee: str | None = None
    returns: int = 0
    events: int = 1
    keys: dict[str, None] = field(default_factory=dict)

    def holders(self) -> set[str]:
        if self.result:
            return set()
        by_stage = {"assign": {CLERK}, "dispatch": {TOWN_CLERK}, "handle": {self.assignee or CLERK}}
        return by_stage.get(self.stage, {VILLAGER})

    def may(self, person: str, action: str) -> bool:
        if self.result:
            return action == "reopen" and person == VILLAGER
        if action == "withdraw" and person == VILLAGER:
            return True
        if action == "return" and self.returns >= 2:
            return False
        return person in self.holders() and action in MOVES[self.stage]

    def do(self, person: str, action: str) -> None:
        self.events += 1
        self.returns += action == "return"
        if action == "hand_on":
            self.assignee = EXPERT
        elif action in ("accept", "done", "ask") and self.stage in ("assign", "handle"):
            self.assignee = person
        if action == "reopen":
            self.stage, self.result = "handle", ""
            return
        self.stage = "closed" if action == "withdraw" else MOVES[self.stage][action]
        self.result = RESULTS.get(action, "done") if self.stage == "closed" else ""


class Cases(RuleBasedStateMachine):
    """Drives the real door and the reference side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.db = Database(f"sqlite:///{self.folder / 'cases.db'}")
        self.now = START
        self.cases: list[Reference] = []
        self.turn = 0
        self.last: cases.Act | None = None

    @initialize()
    def found(self) -> None:
        self.db.create_all()
        prepare(self.db, *SKILLS, at=self.now)

    def teardown(self) -> None:
        self.db.close_now()
        shutil.rmtree(self.folder)

    @precondition(lambda self: len(self.cases) < 3)
    @rule()
    def report(self) -> None:
        key = f"m{len(self.cases)}"
        opening = cases.Opening(TOWN, "village_report", key, {"what": "事", "kind": "road"}, self.now, spoke=VILLAGER)
        first = self.db.write_now(lambda tx: cases.open(tx, opening, now=self.now))
        second = self.db.write_now(lambda tx: cases.open(tx, opening, now=self.now))
        assert second.repeated
        assert second.case_id == first.case_id
        self.cases.append(Reference(first.case_id))

    @precondition(lambda self: self.cases)
    @rule(person=PEOPLE, action=ACTIONS, pick=st.integers(0, 2))
    def act(self, person: str, action: str, pick: int) -> None:
        model = self.cases[pick % len(self.cases)]
        self.turn += 1
        act = cases.Act(TOWN, model.case_id, action, f"tap{self.turn}", person, VALUES.get(action, {}))
        expected = model.may(person, action)
        try:
            self.db.write_now(lambda tx: cases.act(tx, act, now=self.now))
        except Refused:
            assert not expected, (model, person, action)
            return
        assert expected, (model, person, action)
        model.do(person, action)
        self.last = act

    @precondition(lambda self: self.last is not None)
    @rule()
    def tap_again(self) -> None:
        act = self.last
        assert act
        assert self.db.write_now(lambda tx: cases.act(tx, act, now=self.now)).repeated

    @precondition(lambda self: self.cases)
    @rule(hours=st.sampled_from([1, 3, 20, 80, 200]))
    def time_passes(self, hours: int) -> None:
        goal = self.now + timedelta(hours=hours)
        while (ahead := self.db.read_now(timers.next_due)) is not None and ahead <= goal:
            self.now = max(self.now, ahead)
            self.db.write_now(lambda tx: timers.sweep(tx, self.now))
        self.now = goal
        for model in self.cases:
            self._catch_up(model)

    def _catch_up(self, model: Reference) -> None:
        """The clock only ever closes what waits for a word, or lets go on what waits for an answer."""
        row = self.db.read_now(lambda tx: cases.standing(tx, TOWN, model.case_id))
        chain = self.db.read_now(lambda tx: history.events(tx, model.case_id))
        late = list(chain[model.events :])
        assert all(event.kind == "late" for event in late)
        model.events = len(chain)
        if row.stage != model.stage:
            assert (model.stage, row.stage, row.result) in {
                ("confirm", "closed", "unanswered"), ("ask_back", "handle", ""),
            }  # fmt: skip
            model.stage, model.result = row.stage, row.result

    @invariant()
    def the_rows_say_what_the_reference_says(self) -> None:
        for model in self.cases:
            row = self.db.read_now(lambda tx, model=model: cases.standing(tx, TOWN, model.case_id))
            assert (row.stage, row.result) == (model.stage, model.result)
            held = self.db.read_now(lambda tx, model=model: tasks.of_case(tx, model.case_id))
            open_tasks = [task for task in held if task.state == "open"]
            assert {task.person_id for task in open_tasks if task.kind is TaskKind.STAGE} == model.holders()
            assert len({task.code for task in open_tasks}) == len(open_tasks)

    @invariant()
    def the_log_is_whole_and_complete(self) -> None:
        for model in self.cases:
            chain = self.db.read_now(lambda tx, model=model: history.events(tx, model.case_id))
            assert len(chain) == model.events
            assert history.first_break(chain, chain[-1].hash) is None

    @invariant()
    def a_closed_case_has_no_deadline(self) -> None:
        if all(model.result for model in self.cases):
            assert self.db.read_now(timers.next_due) is None


Cases.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
TestCases = Cases.TestCase
