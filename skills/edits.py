"""One change to a service, found by a clerk's words and written into its folder; comments and order stay. Pure."""

import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from skills import places, registry
from skills.folders import content_of, round_trip
from skills.likeness import likeness
from skills.places import Condition, Places
from skills.registry import MAIN, Skill
from skills.sheets import Path_, say
from skills.workbook import phrases
from skills.workbook.labels import labels
from skills.workbook.naming import Vocabulary, made
from township.errors import Mistake
from workflows.definition import FieldKind, FormField

PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\d{3}-?\d{4}|400-?\d{3}-?\d{4})(?!\d)")
MOST_NAMED = 12
"""So many names are told to whoever asked for another."""
LONGEST = 12
"""Signs of a sentence that was not found, as they are said back."""
QUOTED_ENOUGH = 0.5
"""Likeness from which a quoted message counts as said from a sentence."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A value for a key; a key that is not there is made, and None takes it away."""

    path: Path_
    value: Any


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a wish may be meant, said in a line."""

    said: str
    edits: tuple[Edit, ...]
    now: str = ""
    """The number that stands there."""


class Several(Mistake):
    """A wish fits several places: which of them is meant?"""

    def __init__(self, skill: Skill, thing: str, places: Sequence[Place]) -> None:
        found = "、".join(one.said for one in places)
        super().__init__("change_several", name=skill.manifest.name, thing=thing, found=found)
        self.places = tuple(places)


def together(places: Sequence[Place]) -> list[Edit]:
    """Gather the edits of the places that were chosen; two in one condition cannot be made at once."""
    gathered = [edit for place in places for edit in place.edits]
    if len({edit.path for edit in gathered}) < len(gathered):
        raise Mistake("change_same_condition")
    return gathered


def edited(skill: Skill, edits: Sequence[Edit]) -> Skill:
    """Write edits into a folder; what then does not fit together is a Mistake."""
    files = dict(skill.files)
    for edit in edits:
        own = f"{edit.path[0]}.yaml"
        file, path = (own, edit.path[1:]) if own in files else (MAIN, edit.path)
        files[file] = _written(files[file], path, edit.value)
    loaded = registry.read_once(skill.id, files)
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
    new = phrases.options(text)
    several = [_optioned(choices[key], key, new) for key in found]
    return _meant(skill, thing or say("change_options"), several, (spec.name for spec in choices.values()))


def _optioned(spec: FormField, key: str, new: Mapping[str, Any]) -> Place:
    named = {one.name for one in spec.options.values()}
    path: Path_ = ("form", key, "options")
    edits = tuple(Edit((*path, name), one) for name, one in new.items() if one["name"] not in named)
    return Place(say("place_option", name=spec.name), edits)


def threshold(skill: Skill, thing: str, number: float, unit: str = "") -> list[Edit]:
    """Another number in the conditions that speak of a thing; times or tables are no line of money."""
    word = re.sub(str(labels()["line_words"]), "", thing)
    found = [
        (one, match)
        for one in places.conditions(skill)
        for match in re.finditer(r"([^\W\d]\w*)\s*(?:>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)?)", one.source)
    ]
    lined = {match[1] for _, match in found}
    fields = _measured(skill, word, lined) if word else lined
    only = found if len(found) == 1 and _can_be(skill, found[0][1][1], unit) else []
    mine = [one for one in found if one[1][1] in fields] or only
    where = Places(skill)
    meant = [_lined(where, one, match, number) for one, match in mine]
    return _meant(skill, thing, meant, (spec.name for name, spec in skill.definition.fields().items() if name in lined))


def _can_be(skill: Skill, field: str, unit: str) -> bool:
    """Say whether the number of a field may be said with a unit."""
    spec = skill.definition.fields().get(field)
    is_money = spec is not None and spec.kind is FieldKind.MONEY
    return not unit or is_money == (unit in labels()["money_units"])


def _measured(skill: Skill, word: str, lined: Collection[str]) -> set[str]:
    """Find the fields with a line that a word speaks of: by name, by what is worked out from them, or by their unit."""
    every = skill.definition.fields()
    for fits in (_meets, _shares):
        named = {name for name, spec in every.items() if fits(word, spec.name) or any(fits(word, u) for u in spec.unit)}
        under = {one for name in named if (value := every[name].value) for one in value.names()}
        if mine := (named | under) & set(lined):
            return mine
    return set()


def _shares(word: str, name: str) -> bool:
    """Say whether two words speak of the same by one sign, but for those that only ask how many."""
    return bool((set(word) & set(name)) - set(str(labels()["counting"])))


def _lined(where: Places, one: Condition, match: re.Match[str], number: float) -> Place:
    source = f"{one.source[: match.start(2)]}{number:g}{one.source[match.end(2) :]}"
    return Place(where.of(one), (Edit(one.path, source),), match[2])


def most(skill: Skill, thing: str, number: float) -> list[Edit]:
    """Another limit: of a number that is asked, or of how often something may be done."""
    edits, word = [], re.sub(str(labels()["most_words"]), "", thing)
    for key, spec in skill.manifest.form.items():
        is_meant = _meets(thing, spec.name) or any(_meets(word, one) for one in (spec.name, *spec.unit))
        if is_meant and (spec.most is not None or spec.kind.value in ("number", "money")):
            edits.append(Edit(("form", key, "most"), int(number)))
    content = content_of(skill.manifest)
    for path, action in _actions(content):
        if action.get("limit") and (_meets(thing, action["title"]) or _meets(word, action["title"])):
            edits.append(Edit((*path, "limit"), int(number)))
    if not edits:
        numbers = (one.name for one in skill.manifest.form.values() if one.kind.value in ("number", "money"))
        raise _unclear(skill, thing, numbers)
    return edits


def deadline(skill: Skill, thing: str, length: str) -> list[Edit]:
    """Another length for a promise or a stage."""
    workflow = skill.definition.workflow
    word = re.sub(str(labels()["deadline_words"]), "", thing)
    clocks = [key for key, promise in workflow.clocks.items() if _meets(word, promise.title)]
    stages = [key for key, stage in workflow.stages.items() if _meets(word, stage.title)]
    if not word and not clocks:
        clocks = list(workflow.clocks)[-1:]
    if clocks:
        said = {key: workflow.clocks[key].title for key in clocks}
        paths: dict[str, Path_] = {key: ("workflow", "clocks", key) for key in clocks}
    else:
        said = {key: workflow.stages[key].title for key in stages}
        paths = {key: ("workflow", "stages", key) for key in stages}
    found = []
    for key, path in paths.items():
        more = (Edit((*path, "pace"), None),) if clocks else ()
        found.append(Place(say("place_deadline", stage=said[key]), (Edit((*path, "within"), length), *more)))
    titles = [*(one.title for one in workflow.clocks.values()), *(one.title for one in workflow.stages.values())]
    return _meant(skill, thing, found, titles)


def handler(skill: Skill, thing: str, who: str) -> list[Edit]:
    """Somebody else for a stage; without its name, for the first."""
    stages = skill.definition.workflow.stages
    found = [key for key, stage in stages.items() if thing and _meets(thing, stage.title)]
    if not thing:
        found = [next(iter(stages))]
    try:
        said = phrases.who(who, Vocabulary())
    except phrases.Unread as unread:
        raise Mistake("change_no_person", who=who) from unread
    meant = [
        Place(say("place_handler", stage=stages[key].title), (Edit(("workflow", "stages", key, "who"), said),))
        for key in found
    ]
    return _meant(skill, thing, meant, (stage.title for stage in stages.values()))


def sentence(skill: Skill, said: str, text: str) -> list[Edit]:
    """Another sentence for the one that is meant: by its name, by words that only it has, or as it was heard."""
    texts, called = skill.manifest.texts, {word: key for key, word in skill.manifest.called.items()}
    having = [key for key, one in texts.items() if len(said) > 1 and said in one]
    if said in called or said in texts:
        key = called.get(said, said)
    elif len(having) == 1:
        key = having[0]
    else:
        scored = sorted(((_heard(said, one), name) for name, one in texts.items()), reverse=True)
        if not scored or scored[0][0] < QUOTED_ENOUGH:
            raise _unclear(skill, said[:LONGEST], called or (one[:LONGEST] for one in texts.values()))
        key = scored[0][1]
    return [Edit(("texts", key), _vocabulary(skill).sentence(text))]


def heard_from(skill: Skill, said: str) -> float:
    """Say how surely a quoted message was said from one of a service's sentences."""
    return max((_heard(said, text) for text in skill.manifest.texts.values()), default=0.0)


def phone(skill: Skill, number: str) -> list[Edit]:
    """Another telephone number in the sentences of a service, where they tell one."""
    found = {key: PHONE.findall(text) for key, text in skill.manifest.texts.items() if PHONE.search(text)}
    edits = {key: Edit(("texts", key), PHONE.sub(number, skill.manifest.texts[key])) for key in found}
    if len({one for each in found.values() for one in each}) == 1:
        return list(edits.values())  # one number, wherever it is told
    called = skill.manifest.called
    meant = [Place(say("place_phone", text=called.get(key, key)), (edits[key],), found[key][0]) for key in found]
    return _meant(skill, say("change_phone"), meant)


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


def _actions(content: Mapping[str, Any]) -> Iterator[tuple[Path_, Mapping[str, Any]]]:
    for stage, spec in content["workflow"]["stages"].items():
        for name, action in spec.get("actions", {}).items():
            yield ("workflow", "stages", stage, "actions", name), action


def _meant(skill: Skill, thing: str, found: Sequence[Place], known: Iterable[str] = ()) -> list[Edit]:
    """Take the one place that can be meant; none is a Mistake, several are asked about; `known`: what there is."""
    if not found:
        raise _unclear(skill, thing, known)
    if len(found) > 1:
        raise Several(skill, thing, found)
    return list(found[0].edits)


def _unclear(skill: Skill, thing: str, known: Iterable[str] = ()) -> Mistake:
    """Say that nothing of the service is called so, and what is."""
    there = list(dict.fromkeys(known))[:MOST_NAMED]
    code = "change_no_such" if there else "change_no_threshold"
    return Mistake(code, name=skill.manifest.name, thing=thing, known=say("outline_between").join(there))
