"""A service tried by hand in the invented town: lines like "王婶 报了 桌数=20", and what then stands and is heard.

A line is one row of the sheet of rehearsals, with blanks between its cells.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from skills import folders
from skills.registry import Skill
from skills.rehearsal import cast
from skills.rehearsal.hall import Hall, hall
from skills.rehearsal.player import Stage
from skills.rehearsal.scene import Mismatch
from skills.scenarios import Scenario, Step
from skills.sheets import nearest, say
from skills.workbook import rehearsals, writing
from skills.workbook.contents import house_pairs
from skills.workbook.labels import columns, label, labels, words
from skills.workbook.naming import Vocabulary
from skills.workbook.reading import Reading
from skills.workbook.rehearsals import DEEDS, GIVES, OF_PERSON
from skills.workbook.tables import Book, Row
from township.errors import TownshipError

OWN = frozenset({"does", "cannot"})
"""What people do in their own case, unless the line says in whose."""
SEEN = frozenset({"brings", "lists", "marks", "sheet", "shown", "passes"})
"""What is read where it stands, and so told whole."""
READS = frozenset({*SEEN, "told", "call", "objects"}) - {"brings", "marks"}
"""Verbs whose last words are what is to be found there."""
BLANKS = "。；;，, \t"


class Trial:
    """One trial: what was done so far."""

    def __init__(self, skill: Skill, stage: Stage) -> None:
        self._skill = skill
        self._stage = stage
        content = folders.content_of(skill.manifest)
        fields = list(writing.fields_of(content))
        pairs = [(key, spec["name"]) for key, spec in fields]
        pairs += house_pairs({key for key, _ in fields})
        self._terms = writing.terms_of(content["workflow"], dict(fields), Vocabulary.of(pairs))

    @classmethod
    @contextmanager
    def begun(cls, skill: Skill) -> Iterator["Trial"]:
        """Open the invented town with this service in force."""
        with hall() as place, _stage(place, skill) as stage:
            yield cls(skill, stage)

    def line(self, text: str) -> list[str]:
        """Take one line, and tell what came of it."""
        row = self._row(text)
        if row is None:
            actions = [word for word in self._terms.actions if not word.isascii()]
            hint = nearest(text.split()[-1], {*words("verbs"), *actions})
            return [say("try_unread", verbs="、".join(words("verbs"))) + hint]
        reading = Reading(Book("", {}))
        content = rehearsals.step(reading, row, self._terms)
        if reading.problems or content is None:
            return [one.message + one.suggestion for one in reading.problems]
        try:
            step = Step.model_validate(content)
        except ValidationError as error:
            return [self._unread(row, error)]
        return self._done(step)

    def _unread(self, row: Row, error: ValidationError) -> str:
        if row.get("verb") == label("verbs", "wait"):
            return say("unreadable_duration", value=row.get("value"))
        return say("try_unread", verbs="、".join(words("verbs")))

    def _done(self, step: Step) -> list[str]:
        self._stage.cards.clear()
        self._stage.heard.clear()
        self._stage.said = ""
        before = self._stands()
        try:
            if step.free:
                return [say("try_free", n=self._stage.free(step))]
            self._stage.play(step)
        except TownshipError as refused:
            return [say("refused_with", code=self._stage.words.refusal(refused))]
        except Mismatch as found:
            return [str(found)]
        read = [self._stage.said] if step.verb in SEEN and self._stage.said else []
        return [*read, *self._told(), *self._standing(before)]

    def _row(self, text: str) -> Row | None:
        """Part a line into cells; blanks may be missing, and so may the word for doing something."""
        people = "|".join(map(re.escape, cast.names()))
        verbs = "|".join(sorted(map(re.escape, words("verbs")), key=len, reverse=True))
        deeds = "|".join(re.escape(one) for one in sorted(self._terms.actions, key=len, reverse=True))
        line = text.strip(BLANKS)
        if found := re.fullmatch(rf"(?:({people})\s*|(\S+)\s+)?({verbs})(.*)", line, re.DOTALL):
            return self._cells(found[1] or found[2] or "", found[3], found[4].strip(BLANKS))
        if found := re.fullmatch(rf"({people})\s*((?:{deeds})(?:\s.*)?)", line, re.DOTALL):
            return self._cells(found[1], label("verbs", "does"), found[2])
        return None

    def _cells(self, who: str, word: str, rest: str) -> Row:
        verb = next(key for key, one in labels()["verbs"].items() if one == word)
        own = str(columns("scenarios")["of"])
        of = re.search(rf"{own}\s*[=＝：:]\s*([^\s；;]+)", rest)
        rest = (rest[: of.start()] + rest[of.end() :]).strip(BLANKS) if of else rest
        cells = {"who": who, "verb": word, "of": of[1] if of else self._owner(verb, who)}
        if verb in OF_PERSON and not who:
            cells["who"], _, rest = rest.partition(" ")
        first, _, more = rest.partition(" ")
        if verb == "reports":
            cells["given"] = _pairs(rest)
        elif verb in GIVES and verb in (*DEEDS, "free"):
            cells |= {"value": first, "given": _pairs(more)}
        elif verb in OF_PERSON:
            cells["has"] = rest
        elif verb in READS:
            cells |= {"value": first, "has": more}
        else:
            cells["value"] = rest.replace(str(labels()["new_line"]), "\n")
        return Row(0, {column: cell for column, cell in cells.items() if cell})

    def _owner(self, verb: str, who: str) -> str:
        """Whose case is meant where the line says nothing: the own one of whoever acts and has one."""
        return who if verb in OWN and self._stage.ids.get(who) in self._stage.cases else ""

    def _told(self) -> Iterator[str]:
        for person, said in self._stage.heard.items():
            yield from (say("try_heard", person=self._name(person), text=text) for text in said)

    def _standing(self, before: dict[str, tuple[str, str]]) -> Iterator[str]:
        """How the case stands, and every other that was moved by what happened."""
        now, mine = self._stands(), self._stage.case_id
        for case_id, (stage, held) in now.items():
            if case_id == mine or before.get(case_id) != (stage, held):
                owner = next((one for one, case in self._stage.cases.items() if case == case_id), "")
                whose = say("try_whose", person=self._name(owner)) if owner and len(now) > 1 else ""
                yield say("try_stands", whose=whose, stage=stage, held=held)

    def _stands(self) -> dict[str, tuple[str, str]]:
        """The stage and the holders of every case that is open here."""
        shown, found = self._stage.case_id, {}
        stages = self._skill.definition.workflow.stages
        for case_id in dict.fromkeys([*self._stage.cases.values(), shown]):
            if case_id:
                self._stage.case_id = case_id
                row = self._stage.row()
                title = stages[row.stage].title if row.stage in stages else label("targets", row.stage)
                held = "、".join(map(self._name, sorted(self._stage.open_tasks()))) or "—"
                found[case_id] = (title, held)
        self._stage.case_id = shown
        return found

    def _name(self, person: str) -> str:
        return next((name for name, one in self._stage.ids.items() if one == person), person)


def _pairs(text: str) -> str:
    """Part what stands between blanks: each `name=` begins a pair."""
    return re.sub(r"\s+(?=[^\s；;=＝：:]+\s*[=＝：:])", "；", text)


@contextmanager
def _stage(place: Hall, skill: Skill) -> Iterator[Stage]:
    begin = Scenario.model_validate({"scenario": "-", "kind": "happy", "steps": [{"again": True}]}).begins()
    with place.begun(skill, begin) as stage:
        yield stage
