"""What stands and what was heard in a scenario that is played: the case, who holds it, what is promised, who was told.

What the steps do is in `player.py`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from skills.registry import Skill
from skills.rehearsal import cast, spare
from skills.rehearsal.crowds import Crowd
from skills.rehearsal.founding import TOWN
from skills.rehearsal.refusals import Words
from skills.scenarios import Step
from skills.sheets import say
from township import directory, outbox
from township.clock import SHANGHAI
from township.db import Database, Tx
from township.effects import Say, ShowCard, ToPerson
from township.scope import Scope
from workflows import calllist, casebook, cases, tasks
from workflows.clocks import timers

PICKUP = "{pickup}"
"""Stands in a scenario for the six digits that somebody was told."""
SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")


class Mismatch(Exception):
    """A step that did not go as it was written."""


class Scene:
    """What has happened so far in one scenario."""

    def __init__(self, db: Database, skill: Skill, now: datetime) -> None:
        self.db = db
        self.skill = skill
        self.words = Words(skill)
        self.now = now
        self.case_id = ""
        self.crowd = Crowd(db, TOWN, skill.id)
        self.crowd.sweep(now)
        self.cases: dict[str, str] = {}
        """By whom it concerns: the last case of each."""
        self.heard: dict[str, list[str]] = {}
        self.cards: list[str] = []
        self.said = ""
        """What was last read on a list, a sheet or a page."""
        self.turns = 0
        self.pickup = ""
        self.address = ""
        self.only = False
        """Whether somebody whom no step names may have heard nothing."""
        self.read: set[str] = set()
        self.last: Callable[[], cases.Outcome] | None = None
        self.ids = {person.name: person.id for person in cast.town().people}

    def _hear(self, outcome: cases.Outcome, person: str | None = None) -> None:
        self.case_id = outcome.case_id
        if person and outcome.reply:
            self.heard.setdefault(person, []).append(outcome.reply)
        for effect in outcome.effects:
            if isinstance(effect, Say) and isinstance(effect.to, ToPerson):
                self.heard.setdefault(effect.to.person_id, []).append(effect.text)
            elif isinstance(effect, ShowCard) and isinstance(effect.to, ToPerson):
                self.cards.append(effect.to.person_id)

    def _from_capabilities(self, person: str) -> list[str]:
        """Read what waits in the outbox for somebody and was not told by the case itself."""
        found = self.db.read_now(lambda tx: outbox.said_to(tx, person))
        told = tuple(one for one in (*self.cases.values(), self.case_id) if one)  # heard from what came of each step
        mine = [(key, text) for key, text in found if not key.startswith(told) and key not in self.read]
        self.read.update(key for key, _ in mine)
        return [text for _, text in mine]

    def _heard_by(self, name: str | None) -> str:
        """Take what somebody has heard since it was last looked at."""
        person = self._id(name)
        found = "\n".join([*self.heard.pop(person, []), *self._from_capabilities(person)])
        self.pickup = (SIX_DIGITS.findall(found) or [self.pickup])[-1]
        return found

    def _holds(self, name: str | None, found: str, part: str) -> None:
        if not found or part not in found:
            raise Mismatch(say("not_told", person=name, text=part, found=found))

    def _stands(self, step: Step) -> None:
        """Compare what is to stand after a step."""
        if step.then:
            row = self.row()
            self._expect(step.then, row.result or row.stage)
        if step.held is not None:
            held = sorted(self._name(person) for person in self.open_tasks())
            self._expect(" ".join(sorted(step.held)), " ".join(held))
        if step.due is not None:
            self._promised(step.due)
        if self.only and any(self.heard.values()):
            others = [self._name(person) for person, texts in self.heard.items() if texts]
            found = "；".join(text for texts in self.heard.values() for text in texts)
            raise Mismatch(say("was_told", person=" ".join(others), found=found))

    def row(self) -> cases.Outcome:
        """How the case stands; where nothing was reported yet, that is what is wrong."""
        if not self.case_id:
            raise Mismatch(say("no_case"))
        return self.db.read_now(lambda tx: cases.standing(tx, TOWN, self.case_id))

    def due(self) -> list[str]:
        """The moments by which something is promised in the case now, soonest first."""
        found = self.db.read_now(lambda tx: timers.promised(tx, self.case_id))
        return [f"{at.astimezone(SHANGHAI):%m-%d %H:%M}" for at in found]

    def _promised(self, wanted: Sequence[str]) -> None:
        self._expect(" ".join(wanted), " ".join(self.due()))

    def open_tasks(self) -> set[str]:
        """Who holds the case now."""
        held = self.db.read_now(lambda tx: tasks.of_case(tx, self.case_id))
        return {task.person_id for task in held if task.state == "open"}

    def free(self, step: Step) -> int:
        """How much of a thing, or how many times an hour, is free when the step says."""
        homes = {one.id: one.village for one in cast.town().people}
        village = homes[self._id(step.who)] if step.who else next(filter(None, homes.values()))
        found = spare.free(self.db, TOWN, village, self.skill.definition, step, self.now)
        if found is None:
            raise Mismatch(spare.not_free_of(self.skill.definition, step.free or ""))
        return found

    def _calls(self, step: Step) -> Iterator[tuple[Scope, calllist.CallLine]]:
        """Look for whom the step names on the list of who calls, or else on everybody's."""
        for name in [step.who] if step.who else cast.names():
            clerk = self._scope(name)
            for line in self.db.read_now(partial(calllist.waiting, scope=clerk)):
                if line.person == step.call and (step.has or "") in line.text:
                    yield clerk, line

    def _may_see(self, name: str | None) -> bool:
        scope = self._scope(name)
        return self.db.read_now(lambda tx: casebook.get(tx, scope, self.case_id)) is not None

    def _scope(self, name: str | None) -> Any:
        person_id = self._id(name)

        def read(tx: Tx) -> Any:
            person = directory.person(tx, person_id)
            return directory.scope_of(tx, person, self.now) if person else None

        return self.db.read_now(read)

    def _expect(self, wanted: str, found: str) -> None:
        if wanted != found:
            wanted, found = self.words.of(wanted), self.words.of(found)
            raise Mismatch(say("expected", wanted=wanted or say("nothing"), found=found or say("nothing")))

    def _key(self) -> str:
        self.turns += 1
        return f"turn:{self.turns}"

    def _name(self, person: str) -> str:
        return next((name for name, one in self.ids.items() if one == person), person)

    def _id(self, name: str | None) -> str:
        if name not in self.ids:
            raise Mismatch(cast.nobody(name))
        return self.ids[name or ""]
