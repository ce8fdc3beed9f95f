"""A service tried by hand in the invented town: lines like "王婶 报了 桌数=20", and what then stands and is heard."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from skills import folders
from skills.hall import Hall, hall
from skills.player import Mismatch, Stage
from skills.registry import Skill
from skills.scenarios import Scenario, Step
from skills.sheets import nearest, say
from skills.workbook import phrases, writing
from skills.workbook.labels import columns, label, labels, name, words
from skills.workbook.naming import Vocabulary
from skills.workbook.phrases import Unread
from township.errors import TownshipError
from workflows.definition import NAME


class Trial:
    """One trial: what was done so far."""

    def __init__(self, skill: Skill, stage: Stage) -> None:
        self._skill = skill
        self._stage = stage
        content = folders.content_of(skill.manifest)
        fields = dict(writing.fields_of(content))
        pairs = [(key, spec["name"]) for key, spec in fields.items()]
        self._terms = writing.terms_of(content["workflow"], fields, Vocabulary.of(pairs))

    @classmethod
    @contextmanager
    def begun(cls, skill: Skill) -> Iterator["Trial"]:
        """Open the invented town with this service in force."""
        with hall() as place, _stage(place, skill) as stage:
            yield cls(skill, stage)

    def line(self, text: str) -> list[str]:
        """Take one line, and tell what came of it."""
        try:
            step = self._step(text)
        except Unread as unread:
            hint = nearest(str(unread.values.get("value", "")), set(unread.known))
            return [say(unread.code, **unread.values) + hint]
        except (ValidationError, ValueError):
            return [say("try_unread", verbs="、".join(words("verbs")))]
        self._stage.cards.clear()
        self._stage.heard.clear()
        try:
            if step.free:
                return [say("try_free", n=self._stage.free(step))]
            self._stage.play(step)
        except TownshipError as refused:
            return [say("refused_with", code=self._stage.words.refusal(refused))]
        except Mismatch as found:
            return [str(found)]
        return [*self._told(), *self._standing()]

    def _step(self, text: str) -> Step:
        parts = text.split(maxsplit=3)
        verb = name("verbs", parts[1]) if len(parts) > 1 else None
        if verb not in labels()["verbs"] and name("verbs", parts[0]) in labels()["verbs"]:
            parts = ["", *text.split(maxsplit=2)]
            verb = name("verbs", parts[1])
        if verb not in labels()["verbs"] or verb is None:
            raise ValueError(nearest(text, words("verbs")))
        who, rest = parts[0], parts[2:]
        return Step.model_validate(self._content(verb, who, rest))

    def _content(self, verb: str, who: str, rest: list[str]) -> dict[str, Any]:
        content: dict[str, Any] = {"who": who} if who else {}
        match verb:
            case "reports":
                content["reports"] = self._given(" ".join(rest))
            case "does" | "cannot":
                content[verb] = self._terms.actions.get(rest[0] if rest else "", rest[0] if rest else "")
                content["with"] = self._given(" ".join(rest[1:]))
                content |= self._of(content["with"], who)
            case "free":
                word = rest[0] if rest else ""
                content["free"] = self._thing(word)
                content |= {"with": self._given(" ".join(rest[1:]))}
            case "wait":
                content = {"wait": " ".join(rest)}
            case "stage" | "result":
                content = {verb: self._ended(verb, " ".join(rest) or who)}
            case "again":
                content = {"again": True}
            case _:
                content = {verb: who or " ".join(rest)}
        return content

    def _ended(self, verb: str, word: str) -> str:
        """The name of a stage, or of how a case ended."""
        known = self._terms.stages if verb == "stage" else words("results")
        found = known.get(word, word)
        if found not in known.values():
            raise Unread("book_named", tuple(known), value=word)
        return found

    def _thing(self, word: str) -> str:
        workflow, names = self._skill.definition.workflow, self._terms.vocabulary.names
        found = names.get(word, word)
        if found not in {*workflow.stock, *workflow.slots}:
            raise Unread("book_named", value=word)
        return found

    def _of(self, given: dict[str, Any], who: str) -> dict[str, str]:
        """Whose case is meant: as the line says, or else the own one of whoever has one."""
        owner = given.pop(str(columns("scenarios")["of"]), who)
        return {"of": owner} if self._stage.ids.get(owner) in self._stage.cases else {}

    def _given(self, text: str) -> dict[str, Any]:
        pairs = phrases.given(text.replace(" ", "；")) if text else {}
        names = self._terms.vocabulary.names
        own = {str(columns("scenarios")["of"])}
        for key in pairs:
            if key not in {*names, *names.values(), *own} and not re.fullmatch(NAME, key):
                raise Unread("book_named", tuple(names), value=key)
        return {names.get(key, key): value for key, value in pairs.items()}

    def _told(self) -> Iterator[str]:
        people = {person: name for name, person in self._stage.ids.items()}
        for person, said in self._stage.heard.items():
            yield from (say("try_heard", person=people.get(person, person), text=text) for text in said)

    def _standing(self) -> Iterator[str]:
        people = {person: name for name, person in self._stage.ids.items()}
        if self._stage.case_id:
            row = self._stage.row()
            stages = self._skill.definition.workflow.stages
            title = stages[row.stage].title if row.stage in stages else label("targets", row.stage)
            held = "、".join(people.get(one, one) for one in sorted(self._stage.open_tasks())) or "—"
            yield say("try_stands", stage=title, held=held)


@contextmanager
def _stage(place: Hall, skill: Skill) -> Iterator[Stage]:
    begin = Scenario.model_validate({"scenario": "-", "kind": "happy", "steps": [{"again": True}]}).begins()
    with place.begun(skill, begin) as stage:
        yield stage
