"""What is kept of a person in figures, and what becomes of each when the person is erased; no words of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.persons import erasing, finding, traces
from bot.wording import texts
from knowledge.questions.models import questions
from township import directory
from township.db import Tx
from township.directory import Person
from workflows import belongings
from workflows.circle.models import posts
from workflows.seals.models import register_lines

GO = ("ways", "values", "messages", "told", "posts", "questions")
STAY = ("cases", "by_law", "register")


@dataclass(frozen=True, slots=True)
class Summary:
    """A person, and how much of each there is."""

    who: Person
    described: str
    counts: Mapping[str, int]
    obstacles: tuple[str, ...]

    def figures(self) -> dict[str, Any]:
        """For a program."""
        return {"id": self.who.id, "erased": self.who.is_erased, **self.counts, "obstacles": list(self.obstacles)}

    def lines(self) -> list[str]:
        """For a colleague who only looks."""
        return [self.described, *self._counted((*GO, *STAY))]

    def before_erasing(self) -> list[str]:
        """For a colleague who is about to erase: what goes, what stays and why, what must end first, and the word."""
        said = [self.described, texts().say("erase_goes"), *self._counted(GO)]
        said += [texts().say("erase_stays"), *self._counted(STAY), texts().say("erase_elsewhere")]
        if self.obstacles:
            return [*said, texts().say("erase_first"), *self.obstacles]
        return [*said, texts().say("erase_confirm", id=self.who.id)]

    def _counted(self, names: tuple[str, ...]) -> list[str]:
        return [texts().say(f"person_has_{name}", count=self.counts[name]) for name in names if self.counts[name]]


def read(tx: Tx, who: Person, at: datetime) -> Summary:
    """Count what is kept of a person."""
    known = erasing.named(tx, who)
    own = traces.conversations_of(tx, known)
    counts = {
        "ways": len(directory.reaches_of(tx, who.id)),
        "values": len(belongings.erasable(tx, who.id)),
        "messages": len(traces.messages(tx, own)),
        "told": len(traces.told(tx, known, own)),
        "posts": _count(tx, posts.c.author_id == who.id, posts.c.wiped_at.is_(None)),
        "questions": _count(tx, questions.c.person_id == who.id),
        "cases": len(known.case_ids),
        "by_law": belongings.kept_by_law(tx, who.id),
        "register": _count(tx, register_lines.c.applicant_id == who.id),
    }
    against = () if who.is_erased else tuple(erasing.obstacles(tx, who, at))
    return Summary(who, finding.described(tx, who), counts, against)


def _count(tx: Tx, *where: sa.ColumnElement[bool]) -> int:
    return int(tx.execute(sa.select(sa.func.count()).where(*where)).scalar_one())
