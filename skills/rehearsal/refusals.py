"""Why a rehearsed step did not go, in the words of whoever wrote the service: no name of ours, and what to do."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from skills.registry import Skill
from skills.sheets import sentences as of_skills
from skills.workbook.labels import labels
from township.errors import TownshipError
from township.texts import Texts
from workflows.house import __file__ as house_file
from workflows.house import house

HERE = Path(__file__).with_name("refusals.yaml")


@cache
def _sources() -> tuple[Texts, ...]:
    """The sentences by which a refusal may be said: ours for rehearsals before those that a villager hears."""
    found = sorted(Path(house_file).parent.rglob("texts.yaml"))
    return (Texts.load(HERE), of_skills(), *(Texts.load(path) for path in found))


def has(code: str) -> bool:
    """Say whether there are words for a code."""
    return any(source.has(code) for source in _sources())


class Words:
    """What the names of one service mean: its stages, actions and fields, how it ends, and why it refuses."""

    def __init__(self, skill: Skill) -> None:
        self._known = {**dict(_house()), **dict(_own(skill))}

    def of(self, name: str) -> str:
        """Say a name; several stand with spaces between them, and what is none of ours stays."""
        one = self._known.get(name) or (self._refused(name) if has(name) else "")
        return one or " ".join(self._known.get(part, part) for part in name.split(" "))

    def _refused(self, code: str) -> str:
        return str(labels()["refusals"].get(code) or self.refusal(TownshipError(code)))

    def refusal(self, error: TownshipError) -> str:
        """Say why something was refused, with our names exchanged for what they mean."""
        values = {name: self._known.get(str(value), value) for name, value in error.values.items()}
        first = next(iter(values.values()), "")
        values = {"action": "", "name": values.get("field", ""), "result": "", "who": "", "value": first, **values}
        for source in _sources():
            if source.has(error.code) and source.needs(error.code) <= set(values):
                return source.say(error.code, **values)
        return _sources()[0].say("refused_otherwise", code=error.code)


def _house() -> Iterator[tuple[str, str]]:
    known = house()
    for actions in (known.villager, known.office, known.closed, known.leader, known.duty, known.signer, known.part):
        yield from ((name, action.title) for name, action in actions.items())
    yield from ((name, spec.name) for name, spec in known.fields().items())
    for group in ("results", "targets"):
        yield from ((str(name), str(word)) for name, word in labels()[group].items())


def _own(skill: Skill) -> Iterator[tuple[str, str]]:
    workflow = skill.definition.workflow
    yield from ((name, spec.name) for name, spec in skill.definition.fields().items())
    for actions in (workflow.villager, *(stage.actions for stage in workflow.stages.values())):
        yield from ((name, action.title) for name, action in actions.items())
    yield from ((name, stage.title) for name, stage in workflow.stages.items())
