"""Where the conditions of a service stand, each said in a line: what it decides there. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skills.folders import content_of
from skills.manifest import Manifest
from skills.registry import Skill
from skills.sheets import Path_, say
from skills.workbook.contents import pairs_of
from skills.workbook.labels import label, labels
from skills.workbook.naming import QUOTED, WORD, Vocabulary
from skills.workbook.writing import fields_of

LONGEST = 16
"""Signs of a sentence by which it is known again."""
SIGNS = re.compile(r">=|<=|==|!=|>|<|\bis not empty\b|\bis empty\b|\b(?:and|or|in|not)\b")
ACTION = {"to": "place_leads", "tell": "place_tells", "when": "place_may", "needs": "place_needs"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: where it stands, and what stands there."""

    path: Path_
    source: str


def conditions(skill: Skill) -> list[Condition]:
    """List all conditions of a service in the order of its folder."""
    return list(_walk(content_of(skill.manifest), ()))


def _walk(content: Any, path: Path_) -> Iterator[Condition]:
    parts = content.items() if isinstance(content, Mapping) else enumerate(content) if isinstance(content, list) else ()
    for key, value in parts:
        if key == "when" and isinstance(value, str):
            yield Condition((*path, key), value)
        else:
            yield from _walk(value, (*path, key))


def vocabulary_of(manifest: Manifest) -> Vocabulary:
    """The words of all that a service asks, and of its options."""
    fields = fields_of(content_of(manifest))
    return Vocabulary.of([pair for key, spec in fields for pair in pairs_of({key: spec})])


def in_words(source: str, vocabulary: Vocabulary) -> str:
    """Say a condition in plain words; nothing is read back from it."""
    parts = QUOTED.split(vocabulary.condition_said(source))
    told = (part if n % 2 else _in_words(part) for n, part in enumerate(parts))
    return re.sub(r"\s+", " ", "".join(told)).strip()


class Places:
    """Says where things stand in one service."""

    def __init__(self, skill: Skill) -> None:
        self._content = content_of(skill.manifest)
        self._skill = skill
        self._vocabulary = vocabulary_of(skill.manifest)
        titles = {key: stage.title for key, stage in skill.definition.workflow.stages.items()}
        self._titles = {**titles, **{str(key): str(word) for key, word in labels()["targets"].items()}}

    def said(self, source: str) -> str:
        """Say a condition in plain words; nothing is read back from it."""
        return in_words(source, self._vocabulary)

    def of(self, one: Condition) -> str:
        """Say what a condition decides where it stands."""
        path, when = one.path, self.said(one.source)
        match path:
            case ("form", field, "when"):
                return say("place_asks", when=when, name=self._skill.manifest.form[str(field)].name)
            case ("workflow", "stages", stage, "actions", action, *rest):
                return self._of_action(when, self._titles[str(stage)], path[:5], str(action), tuple(rest))
            case ("workflow", "villager", action, *rest):
                return self._of_action(when, str(labels()["anytime"]), path[:3], str(action), tuple(rest))
            case ("workflow", "stages", stage, key, *rest):
                place = say("place_at", stage=self._titles[str(stage)])
                return say(f"place_{key}", when=when, place=place, what=self._what(path))
            case ("workflow", key, *rest) if key in ("start", "pace", "tell"):
                return say(f"place_{key}", when=when, place=str(labels()["begins"]), what=self._what(path))
        return say("place_other", when=when, place=".".join(map(str, path[:-1])))

    def _of_action(self, when: str, stage: str, at: Path_, action: str, rest: Path_) -> str:
        place = say("place_done", stage=stage, action=self._at(at).get("title", action))
        return say(ACTION.get(str(rest[0]), "place_other"), when=when, place=place, what=self._what((*at, *rest)))

    def _what(self, path: Path_) -> str:
        """What happens where a condition holds: the stage it leads to, the sentence that is said, what is asked."""
        beside = self._at(path[:-1])
        if "text" in beside:
            text = self._skill.manifest.texts.get(str(beside["text"]), str(beside["text"]))
            text = self._vocabulary.sentence_said(text)
            return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"
        if "stages" in beside:
            return say("difference_between").join(self._titles[one] for one in beside["stages"])
        target = str(beside.get("is", beside.get("name", "")))
        return self._titles.get(target) or label("pace", target)

    def _at(self, path: Path_) -> Any:
        found: Any = self._content
        for part in path:
            found = found[part]
        return found


def _in_words(text: str) -> str:
    """Say signs, and what a condition may speak of besides fields."""
    signs, facts = labels()["signs"], labels()["facts"]
    said = SIGNS.sub(lambda found: f" {signs[found[0]]} ", text)
    return WORD.sub(lambda found: str(facts.get(found[0], found[0])), said)
