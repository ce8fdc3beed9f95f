"""One change to a service, found by a clerk's words and written into its folder; comments and order stay. Pure."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from skills import registry
from skills.folders import content_of, round_trip
from skills.likeness import likeness
from skills.registry import MAIN, Skill
from skills.sheets import Path_, say
from skills.workbook import phrases
from skills.workbook.labels import labels
from skills.workbook.naming import Vocabulary, made
from township.errors import Mistake

PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\d{3}-?\d{4}|400-?\d{3}-?\d{4})(?!\d)")
QUOTED_ENOUGH = 0.5
"""Likeness from which a quoted message counts as said from a sentence."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A value for a key; a key that is not there is made, and None takes it away."""

    path: Path_
    value: Any


def edited(skill: Skill, edits: Sequence[Edit]) -> Skill:
    """Write edits into a folder; what then does not fit together is a Mistake."""
    files = dict(skill.files)
    for edit in edits:
        own = f"{edit.path[0]}.yaml"
        file, path = (own, edit.path[1:]) if own in files else (MAIN, edit.path)
        files[file] = _written(files[file], path, edit.value)
    loaded = registry.load_files(skill.id, files)
    if loaded.skill is None:
        why = "；".join(problem.message for problem in loaded.problems)
        raise Mistake("change_broken", name=skill.manifest.name, why=why)
    return loaded.skill


def _written(text: str, path: Path_, value: Any) -> str:
    yaml = round_trip()
    content: Any = yaml.load(text)
    at = content
    for part in path[:-1]:
        at = at.setdefault(part, {}) if isinstance(at, dict) else at[part]
    key = path[-1]
    put = DoubleQuotedScalarString(value) if isinstance(value, str) and set(value) & set("{}:#\n") else value
    if value is None:
        at.pop(key, None)
    elif isinstance(key, int) and key == len(at):
        at.append(put)
    else:
        at[key] = put
    stream = io.StringIO()
    yaml.dump(content, stream)
    return stream.getvalue()


def owner(skill: Skill, text: str) -> list[Edit]:
    """Another owner."""
    return [Edit(("owner",), text)]


def example(skill: Skill, text: str) -> list[Edit]:
    """One more way in which people say it."""
    return [] if text in skill.manifest.examples else [Edit(("examples", len(skill.manifest.examples)), text)]


def option(skill: Skill, thing: str, text: str) -> list[Edit]:
    """One more option of a choice; without the choice's name, of the only one."""
    choices = {key: spec for key, spec in skill.manifest.form.items() if spec.options}
    found = [key for key, spec in choices.items() if not thing or thing in spec.name or spec.name in thing]
    if not found and "kind" in choices:
        found = ["kind"]
    key = _one(skill, thing or say("change_options"), found, [choices[one].name for one in found])
    new = phrases.options(text)
    named = {one.name for one in choices[key].options.values()}
    path: Path_ = ("form", key, "options")
    return [Edit((*path, name), spec) for name, spec in new.items() if spec["name"] not in named]


def threshold(skill: Skill, thing: str, number: float) -> list[Edit]:
    """Another number in the conditions that speak of a thing."""
    word = re.sub(str(labels()["line_words"]), "", thing)
    fields = {key for key, spec in skill.definition.fields().items() if word and _meets(word, spec.name)}
    found = [
        (path, text, match)
        for path, text in _conditions(content_of(skill.manifest))
        for match in re.finditer(r"([^\W\d]\w*)\s*(?:>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)?)", text)
    ]
    mine = [one for one in found if one[2][1] in fields] or (found if not fields else [])
    numbers = {one[2][2] for one in mine}
    if len(numbers) != 1:
        shown = "、".join(text for _, text, _ in mine)
        raise _unclear(skill, thing, shown)
    return [Edit(path, f"{text[: match.start(2)]}{number:g}{text[match.end(2) :]}") for path, text, match in mine]


def most(skill: Skill, thing: str, number: float) -> list[Edit]:
    """Another limit: of a number that is asked, or of how often something may be done."""
    edits = []
    for key, spec in skill.manifest.form.items():
        if _meets(thing, spec.name) and (spec.most is not None or spec.kind.value in ("number", "money")):
            edits.append(Edit(("form", key, "most"), int(number)))
    content = content_of(skill.manifest)
    for path, action in _actions(content):
        if action.get("limit") and _meets(thing, action["title"]):
            edits.append(Edit((*path, "limit"), int(number)))
    if not edits:
        raise _unclear(skill, thing, "")
    return edits


def deadline(skill: Skill, thing: str, length: str) -> list[Edit]:
    """Another length for a promise or a stage."""
    workflow = skill.definition.workflow
    word = re.sub(str(labels()["deadline_words"]), "", thing)
    clocks = [key for key, promise in workflow.clocks.items() if _meets(word, promise.title)]
    stages = [key for key, stage in workflow.stages.items() if _meets(word, stage.title)]
    if not word and not clocks:
        clocks = list(workflow.clocks)[-1:]
    titles = [*(workflow.clocks[key].title for key in clocks), *(workflow.stages[key].title for key in stages)]
    paths: list[Path_] = [("workflow", "clocks", key, "within") for key in clocks]
    paths += [("workflow", "stages", key, "within") for key in stages if not clocks]
    path = paths[_one(skill, thing, list(range(len(paths))), titles)]
    return [Edit(path, length), Edit((*path[:-1], "pace"), None)] if clocks else [Edit(path, length)]


def handler(skill: Skill, thing: str, who: str) -> list[Edit]:
    """Somebody else for a stage; without its name, for the first."""
    stages = skill.definition.workflow.stages
    found = [key for key, stage in stages.items() if thing and _meets(thing, stage.title)]
    if not thing:
        found = [next(iter(stages))]
    key = _one(skill, thing, found, [stages[one].title for one in found])
    try:
        said = phrases.who(who, Vocabulary())
    except phrases.Unread as unread:
        raise Mistake("change_no_person", who=who) from unread
    return [Edit(("workflow", "stages", key, "who"), said)]


def sentence(skill: Skill, said: str, text: str) -> list[Edit]:
    """Another sentence for the one that is meant: by its name, by its beginning, or as it was heard."""
    texts, called = skill.manifest.texts, {word: key for key, word in skill.manifest.called.items()}
    if said in called or said in texts:
        key = called.get(said, said)
    else:
        scored = sorted(((_heard(said, one), name) for name, one in texts.items()), reverse=True)
        if not scored or scored[0][0] < QUOTED_ENOUGH:
            raise _unclear(skill, said[:12], "")
        key = scored[0][1]
    return [Edit(("texts", key), _vocabulary(skill).sentence(text))]


def heard_from(skill: Skill, said: str) -> float:
    """Say how surely a quoted message was said from one of a service's sentences."""
    return max((_heard(said, text) for text in skill.manifest.texts.values()), default=0.0)


def phone(skill: Skill, number: str) -> list[Edit]:
    """Another telephone number in the sentences of a service, where they tell one."""
    found = {key: PHONE.findall(text) for key, text in skill.manifest.texts.items() if PHONE.search(text)}
    numbers = {one for each in found.values() for one in each}
    if len(numbers) != 1:
        raise _unclear(skill, say("change_phone"), "、".join(sorted(numbers)))
    return [Edit(("texts", key), PHONE.sub(number, skill.manifest.texts[key])) for key in found]


def _heard(said: str, text: str) -> float:
    """Compare what was heard with a sentence: each piece between braces that stands in it counts."""
    pieces = [piece for piece, _, _, _ in Formatter().parse(text) if len(piece.strip()) > 1]
    whole = sum(map(len, pieces))
    held = sum(len(piece) for piece in pieces if piece.strip() in said)
    return max(held / whole if whole else 0.0, likeness(said, text), 1.0 if len(said) > 3 and said in text else 0.0)


def _vocabulary(skill: Skill) -> Vocabulary:
    return Vocabulary.of((key, spec.name) for key, spec in skill.definition.fields().items())


def _meets(word: str, name: str) -> bool:
    return bool(word) and (word in name or name in word or made(word) == made(name))


def _conditions(content: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """List all conditions with their paths."""
    parts = content.items() if isinstance(content, Mapping) else enumerate(content) if isinstance(content, list) else ()
    for key, value in parts:
        if key == "when" and isinstance(value, str):
            yield (*path, key), value
        else:
            yield from _conditions(value, (*path, key))


def _actions(content: Mapping[str, Any]) -> Iterator[tuple[Path_, Mapping[str, Any]]]:
    for stage, spec in content["workflow"]["stages"].items():
        for name, action in spec.get("actions", {}).items():
            yield ("workflow", "stages", stage, "actions", name), action


def _one(skill: Skill, thing: str, found: list[Any], names: list[str]) -> Any:
    if len(found) != 1:
        raise _unclear(skill, thing, "、".join(names))
    return found[0]


def _unclear(skill: Skill, thing: str, found: str) -> Mistake:
    if found:
        return Mistake("change_several", name=skill.manifest.name, thing=thing, found=found)
    return Mistake("change_no_threshold", name=skill.manifest.name, thing=thing)
