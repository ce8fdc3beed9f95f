"""A village in which eight people hold any offices, and anybody tries anything with a paper: driven by who tests it.

Nothing here knows the rules of a chain. What must hold whatever happened is in `Village.check`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from skills import registry
from township import deputies, directory, register
from township.clock import SHANGHAI
from township.db import Database, Tx
from township.effects import ApplySeal, Effect, from_json
from township.errors import TownshipError
from township.ids import new_id
from township.models import grants
from township.models import outbox as outbox_rows
from workflows import cases, history, records, tasks
from workflows.seals import outcomes, papers
from workflows.seals import register as seal_register
from workflows.seals.actions import DEMO, SealActions
from workflows.seals.models import papers as paper_rows
from workflows.seals.models import register_lines
from workflows.seals.papers import LIVING, Part, State
from workflows.seals.ports import digest
from workflows.state import Via

TOWN = "shilizhen"
START = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
PEOPLE = tuple(f"p{n}" for n in range(1, 9))
OFFICES = ("grid_worker", "village_clerk", "village_head", "village_deputy", "custodian")
TOWN_OFFICES = ("town_clerk", "town_leader", "custodian", "building")
SKILLS = [one.skill for one in registry.house() if one.skill and one.id in ("residence_proof", "homestead_opinion")]
VALUES: dict[str, dict[str, Any]] = {
    "asked": {"asked": "phone"}, "return": {"reason": "不对"}, "refuse": {"reason": "不行"},
    "amend": {"copies": 2}, "correct": {"more": "改一改"}, "reassign": {"to": "p1"},
    "resolved": {"meeting_date": "2026-11-10", "of": 9, "attended": 8, "votes": 7, "minutes": ["0" * 64]},
    "notice_over": {"notice_from": "2026-11-10", "notice_until": "2026-11-17", "objections": "没有"},
}  # fmt: skip
BINDING = frozenset({"check", "approve", "seal", "was_sealed", "was_not"})
"""What binds others: typed or tapped, never spoken, and for the paper that was shown."""
ACTIONS = (
    "check", "asked", "amend", "approve", "return", "refuse", "seal", "withdraw", "correct", "reassign", "take_over",
    "resolved", "notice_over", "back", "was_sealed", "was_not", "again", "sealed", "lapse",
)  # fmt: skip
FORWARD = ("check", "asked", "resolved", "notice_over", "approve", "seal", "was_sealed", "again")


def people_of(at: datetime) -> register.TownSheet:
    """The eight, without any office."""
    rows = [{"id": one, "name": f"样例{one}", "village": "v", "staff_id": f"s-{one}"} for one in PEOPLE]
    village = [{"id": "v", "name": "柳树村"}]
    return register.read_sheet({"town": {"id": TOWN, "name": "示例镇"}, "villages": village, "people": rows})


@dataclass
class Village:
    """One village, its case, and everything that was seen of its papers."""

    db: Database
    now: datetime = START
    case_id: str = ""
    turn: int = 0
    seen: list[str] = field(default_factory=list)
    """Hashes of papers that were shown to anybody."""
    acts: list[cases.Act] = field(default_factory=list)

    def found(self, held: dict[str, list[str]]) -> None:
        """Found the town: who holds which office (`village_head`, or `town.custodian`)."""
        SealActions(DEMO).declare()

        def call(tx: Tx) -> None:
            register.account(tx, "a", client_id="c", secret=b"", corp_id="", town_ids=())
            register.town(tx, people_of(self.now), "a", at=self.now)
            for skill in SKILLS:
                registry.install(tx, TOWN, skill, by=None, now=self.now)
            for person, offices in held.items():
                for office in offices:
                    of_town = office.startswith("town.")
                    row = {"role": office.removeprefix("town."), "village_id": None if of_town else "v"}
                    tx.execute(sa.insert(grants).values(id=new_id(), town_id=TOWN, person_id=person, **row))

        self.db.write_now(call)

    def apply(self, skill: str, affected: str, spoke: str, wrote: str | None) -> None:
        """Somebody asks for a paper, for whom it may be."""
        fields = {"purpose": "孩子上学", "receiver": "县第一小学", "site": "老宅"}
        form = next(one.manifest.form for one in SKILLS if one.id == skill)
        opening = cases.Opening(
            TOWN, skill, self._key(), {name: value for name, value in fields.items() if name in form}, self.now,
            spoke=spoke, affected=affected, wrote=wrote, village_id="v",
        )  # fmt: skip
        self.case_id = self.db.write_now(lambda tx: cases.open(tx, opening, now=self.now)).case_id

    def go_on(self, pick: int) -> None:
        """Somebody who was asked does what the stage is for."""
        held = [task for task in self._tasks() if task.state == "open"]
        if not held:
            return
        task = held[pick % len(held)]
        offered = self.db.read_now(lambda tx: records.load(tx, TOWN, self.case_id, lock=False))
        stage = offered.definition.workflow.stages.get(task.stage)
        action = next((name for name in FORWARD if stage and name in stage.actions), "note")
        if action == "check" and offered.state.fields.get("asked") is None and self._by_another():
            action = "asked"
        self.act(task.person_id, action, Via.CARD, self.shown(), task.id)

    def act(self, person: str, action: str, via: Via, shown: str, task_id: str | None = None) -> bool:
        """Somebody tries something; says whether it counted, and checks that it may have."""
        act = cases.Act(TOWN, self.case_id, action, self._key(), person, VALUES.get(action, {}), task_id, via, shown)
        about, row = self.shown(), self._row()
        if not self._try(act):
            return False
        if action in BINDING and row.stage != "closed":
            assert via is not Via.VOICE
            assert not about or via is not Via.CARD or shown == about
        self.acts.append(act)
        return True

    def again(self, pick: int) -> None:
        """The same tap comes once more."""
        if self.acts:
            act = self.acts[pick % len(self.acts)]
            assert self.db.write_now(lambda tx: cases.act(tx, act, now=self.now)).repeated

    def comes_back(self, outcome: str) -> None:
        """What left comes back: sealed, failed or in doubt; perhaps more than once."""
        for effect in self._out():
            self.db.write_now(partial(self._report, effect=effect, outcome=outcome))

    def _report(self, tx: Tx, effect: ApplySeal, outcome: str) -> None:
        match outcome:
            case "sealed":
                outcomes.sealed(tx, effect, {"sha256": ""}, self.now)
            case "failed":
                outcomes.failed(tx, effect, "tested", self.now)
            case _:
                outcomes.in_doubt(tx, effect, "tested", self.now)

    def stand_in(self, absent: str, deputy: str) -> None:
        """Somebody is away, another holds the offices meanwhile."""

        def call(tx: Tx) -> None:
            one, other = directory.person(tx, absent), directory.person(tx, deputy)
            if one and other and one != other:
                until = self.now + timedelta(days=3)
                deputies.appoint(tx, one, other, since=self.now, until=until, by=absent, at=self.now)

        self.db.write_now(call)

    def shown(self) -> str:
        """The hash of the paper as a card would show it now."""
        about = self.db.read_now(lambda tx: records.about_of(tx, self.case_id))
        if about and about not in self.seen:
            self.seen.append(about)
        return about

    # --- what must hold

    def check(self) -> None:
        """Check what must hold of seals, whatever anybody does."""
        if self.case_id:
            self.db.read_now(self._check)

    def _check(self, tx: Tx) -> None:
        rows = tx.execute(sa.select(paper_rows.c.id).where(paper_rows.c.case_id == self.case_id)).scalars().all()
        found = [papers.get(tx, one) for one in rows]
        assert sum(one.state in LIVING for one in found) <= 1
        for paper in found:
            self._check_parts(tx, paper)
            assert 0 <= paper.stamped <= paper.copies
            assert digest(papers.sheet(tx, paper.id)) == paper.digest
        for seal in seal_register.seals_of(tx, TOWN):
            lines = seal_register.lines(tx, seal.id)
            assert seal_register.first_break(lines, seal) is None
            for line in lines:
                self._check_line(tx, line)
        chain = history.events(tx, self.case_id)
        assert history.first_break(chain, chain[-1].hash) is None

    def _check_parts(self, tx: Tx, paper: papers.Paper) -> None:
        """No person has two parts in a paper, whoever holds how many offices."""
        who = papers.parts(tx, paper.id)
        everybody = [person for people in who.values() for person in people]
        assert len(everybody) == len(set(everybody)), who
        cast = records.load(tx, TOWN, self.case_id, lock=False).state.cast
        concerned = {one for one in (cast.affected, cast.spoke, cast.wrote) if one}
        deciding = {one for part, people in who.items() if part is not Part.APPLICANT for one in people}
        assert not concerned & deciding
        if paper.state in (State.FROZEN, State.SEALING, State.SEALED):
            assert who.get(Part.CHECKER)
            assert who.get(Part.APPROVER)

    def _check_line(self, tx: Tx, line: seal_register.Line) -> None:
        """What was sealed is what was approved, by different people, once, and not more copies than approved."""
        paper = papers.get(tx, line.paper_id)
        assert line.digest == paper.digest == digest(papers.sheet(tx, paper.id))
        assert line.custodian_id is not None
        people = [line.applicant_id, *line.checkers, *line.approvers, line.custodian_id]
        assert len(people) == len(set(people))
        assert line.copies <= paper.copies
        states = tx.execute(sa.select(register_lines.c.state).where(register_lines.c.paper_id == paper.id)).scalars()
        assert list(states).count("sealed") == 1

    def refuses_to_forget(self) -> None:
        """No line of the register is changed or taken out."""
        if not self.db.read_now(lambda tx: tx.execute(sa.select(register_lines.c.seq)).first()):
            return
        for statement in (sa.update(register_lines).values(copies=9), sa.delete(register_lines)):
            with pytest.raises(sa.exc.DBAPIError):
                self.db.write_now(partial(_run, statement=statement))

    # --- small

    def _try(self, act: cases.Act) -> bool:
        try:
            return not self.db.write_now(lambda tx: cases.act(tx, act, now=self.now)).repeated
        except TownshipError:
            return False

    def _out(self) -> list[ApplySeal]:
        chosen = sa.select(outbox_rows.c.kind, outbox_rows.c.payload).where(outbox_rows.c.kind == "apply_seal")
        found: list[Effect] = [
            from_json(row.kind, row.payload) for row in self.db.read_now(lambda tx: tx.execute(chosen).all())
        ]
        return [one for one in found if isinstance(one, ApplySeal)]

    def _tasks(self) -> list[tasks.TaskView]:
        return self.db.read_now(lambda tx: tasks.of_case(tx, self.case_id))

    def _row(self) -> cases.Outcome:
        return self.db.read_now(lambda tx: cases.standing(tx, TOWN, self.case_id))

    def _by_another(self) -> bool:
        cast = self.db.read_now(lambda tx: records.load(tx, TOWN, self.case_id, lock=False)).state.cast
        return any(one not in (None, cast.affected) for one in (cast.spoke, cast.wrote))

    def _key(self) -> str:
        self.turn += 1
        return f"turn:{self.turn}"


def _run(tx: Tx, statement: Any) -> None:
    tx.execute(statement)
