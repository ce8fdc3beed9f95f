"""Rows marked, taken back and passed on against a reference of a few lines: whatever is done, in any order."""

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from skills import registry
from skills.rehearsal.crowds import Crowd
from skills.rehearsal.founding import TOWN, prepare
from township.clock import SHANGHAI
from township.db import Database, Tx
from township.scope import Scope
from workflows import history
from workflows.handovers import answering, giving
from workflows.handovers.answering import Sheet, Shut, Taken
from workflows.models import cases, tasks
from workflows.rosters.models import roster_rows

FOLDER = Path(__file__).parent / "lists" / "well_fee" / "skill.yaml"
LINKED = "listed: true\n      by_link: {actions: [paid, absent], shows: [name], within: 2 days}"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
ROWS = "村,户主,组,应缴\n柳树村,钱大,一组,60\n柳树村,孙二,一组,80"
WORDS = {"paid": "已缴", "absent": "不在家", "refuses": "不缴"}
CLOSES = {"paid": "done", "refuses": "refused"}
NUMBERS, MARKS = st.integers(1, 2), st.sampled_from(sorted(WORDS))


@cache
def _founded() -> Path:
    """The town of every example, made once."""
    path = Path(tempfile.mkdtemp()) / "model.db"
    db = Database(f"sqlite:///{path}")
    db.create_all()
    loaded = registry.load_files("well_fee", {"skill.yaml": FOLDER.read_text("utf-8").replace("listed: true", LINKED)})
    assert loaded.skill is not None
    prepare(db, loaded.skill, at=NOW)
    Crowd(db, TOWN, "well_fee").bring(ROWS, Scope(TOWN), "", NOW)
    db.close_now()
    return path


@dataclass
class Row:
    """What the reference knows of a row."""

    result: str = ""
    last: str = ""
    """The mark that may be taken back."""
    why: str = ""
    before: tuple[str, str] = ("", "")
    """Result and words before it."""
    task: int = 0
    """Changes when the task does."""


@dataclass
class Link:
    """What it knows of an address."""

    id: str
    number: int
    task: int
    until: datetime
    state: str = "given"
    events: int = field(default=0)


class List(RuleBasedStateMachine):
    """Two rows of one person, and addresses for them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.db = Database(f"sqlite:///{shutil.copy(_founded(), self.folder.name)}")
        self.crowd, self.now, self.turns = Crowd(self.db, TOWN, "well_fee"), NOW, 0
        self.holder = str(self.db.read_now(lambda tx: tx.execute(sa.select(tasks.c.person_id)).scalars().first()))
        self.rows = {1: Row(), 2: Row()}
        self.links: list[Link] = []

    def teardown(self) -> None:
        self.db.close_now()
        self.folder.cleanup()

    def says(self, text: str) -> str:
        self.turns += 1
        return self.crowd.mark(self.holder, text, f"m{self.turns}", self.now)

    def marked(self, row: Row, action: str, why: str) -> None:
        row.before, row.last = (row.result, row.why), action
        row.result, row.why = CLOSES.get(action, ""), why or row.why
        row.task += bool(row.result)

    @rule(number=NUMBERS, action=MARKS, word=st.sampled_from(["", "说过几天"]))
    def marks(self, number: int, action: str, word: str) -> None:
        row, why = self.rows[number], word or ("没钱" if action == "refuses" else "")
        said = self.says(f"{number} {WORDS[action]} {why}")
        if row.result:
            assert f"已经记了“{WORDS[row.last]}”" in said
            return
        assert "记好了" in said
        self.marked(row, action, why if action != "paid" else "")

    @rule(number=NUMBERS)
    def takes_back(self, number: int) -> None:
        row, said = self.rows[number], self.says(f"{number} 记错了")
        if not row.last:
            assert "没有记过" in said
            return
        assert f"不算“{WORDS[row.last]}”" in said
        (row.result, row.why), row.last = row.before, ""

    @rule(number=NUMBERS)
    def passes_on(self, number: int) -> None:
        def give(tx: Tx) -> giving.Given | None:
            held = [one for one in giving.portable(tx, TOWN, self.holder) if one.row == number]
            return giving.give(tx, TOWN, self.holder, held[0], "张师傅", now=self.now) if held else None

        given, row = self.db.write_now(give), self.rows[number]
        assert (given is None) == bool(row.result)
        if given:
            for link in self.links:
                if (link.number, link.task, link.state) == (number, row.task, "given"):
                    link.state = "taken_back"
            self.links.append(Link(given.id, number, row.task, given.until))

    @precondition(lambda self: bool(self.links))
    @rule(data=st.data(), action=st.sampled_from(["paid", "absent", "refuses"]))
    def answers(self, data: st.DataObject, action: str) -> None:
        link = data.draw(st.sampled_from(self.links))
        row, expected = self.rows[link.number], self.stands(link)
        reply = partial(answering.answer, handover_id=link.id, action=action, given={}, now=self.now)
        found = self.db.write_now(reply)
        if expected != "open":
            assert isinstance(found, Shut)
            assert found.why == expected
        elif action == "refuses":
            assert isinstance(found, Sheet)
            assert found.problem
        else:
            assert isinstance(found, Taken)
            link.state, link.events = "used", link.events + 1
            self.marked(row, action, "")

    @rule(hours=st.sampled_from([1, 30]))
    def waits(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def stands(self, link: Link) -> str:
        row = self.rows[link.number]
        if link.state != "given":
            return link.state
        if row.task != link.task or row.result:
            return "over"
        return "open" if self.now < link.until else "lapsed"

    @invariant()
    def every_address_opens_what_it_may(self) -> None:
        for link in self.links:
            found = self.db.read_now(partial(answering.look, handover_id=link.id, now=self.now))
            assert (found.why if isinstance(found, Shut) else "open") == self.stands(link)

    @invariant()
    def rows_stand_as_they_were_said(self) -> None:
        def read(tx: Tx) -> list[tuple[int, str, dict[str, object], list[history.CaseEvent], str]]:
            joined = roster_rows.join(cases, cases.c.id == roster_rows.c.case_id)
            chosen = sa.select(roster_rows.c.number, cases.c.id, cases.c.result, cases.c.fields, cases.c.head)
            found = tx.execute(chosen.select_from(joined)).all()
            return [(row.number, row.result, row.fields, history.events(tx, row.id), row.head) for row in found]

        for number, result, fields, chain, head in self.db.read_now(read):
            row = self.rows[number]
            assert (result, "why" in fields) == (row.result, bool(row.why))
            assert history.first_break(chain, head) is None
            by_link = sum(one.via == "link" for one in chain)
            assert by_link == sum(link.events for link in self.links if link.number == number)


TestRows = List.TestCase
TestRows.settings = settings(
    max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
