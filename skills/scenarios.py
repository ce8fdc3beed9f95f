"""The schema of a scenario: who says or does what, what then stands, who hears it. They are a skill's tests.

A file holds one scenario, or several that go the same way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationError, model_validator

from skills import sheets
from skills.sheets import Problem, say
from workflows.definition import Model
from workflows.notation import Length, Name


class Kind(StrEnum):
    """How the talk goes."""

    HAPPY = "happy"
    CORRECTIONS = "corrections"
    CANCELLATION = "cancellation"
    OVERDUE = "overdue"
    REOPEN = "reopen"
    NOT_ALLOWED = "not_allowed"
    ON_BEHALF = "on_behalf"
    OUTSIDE = "outside"
    RETURNED = "returned"
    GRIEVANCE = "grievance"
    EMERGENCY = "emergency"
    APPROVER_TALK = "approver_talk"
    DIGRESSION = "digression"
    AMBIGUITY = "ambiguity"
    PROXY = "proxy"
    VOICE = "voice"
    DISTRESS = "distress"
    MINOR = "minor"
    SCAM = "scam"
    SEVERAL_IN_ONE = "several_in_one"
    GROUP_PRIVACY = "group_privacy"
    MISHEARD = "misheard"
    OUTSIDER = "outsider"
    QUOTA = "quota"
    TROUBLE = "trouble"
    """What we do not carry ourselves fails: a machine, an office outside."""


def _as_several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _as_one_or_several(value: tuple[str, ...]) -> Any:
    return value[0] if len(value) == 1 else list(value)


VERBS = (
    "reports", "does", "cannot", "wait", "stage", "result", "card", "no_card", "told", "silent", "call", "sees",
    "sees_not", "digest", "again", "sealing", "asks", "brings",
    "lists", "marks", "row", "sheet", "shown", "objects", "objection", "free", "passes", "by_link",
)  # fmt: skip


SEVERAL_OR_ONE = (BeforeValidator(_as_several), PlainSerializer(_as_one_or_several))
Parts = Annotated[tuple[str, ...], *SEVERAL_OR_ONE]
Moment = Annotated[str, Field(pattern=r"^\d\d-\d\d \d\d:\d\d$")]
Moments = Annotated[tuple[Moment, ...], *SEVERAL_OR_ONE]


class Step(Model):
    """One step; exactly one verb, the other keys say more about it."""

    who: str | None = None
    says: str | None = None
    """The words, for playing it through the dialogue."""
    reports: dict[Name, Any] | None = None
    does: Name | None = None
    cannot: Name | None = None
    because: Name | None = None
    given: dict[Name, Any] = Field(default_factory=dict, alias="with")
    for_: str | None = Field(default=None, alias="for")
    unnamed: bool = False
    voice: bool = False
    machine: bool = False
    """Reported by what carries effects, not done by a person."""
    wait: Length | None = None
    stage: Name | None = None
    result: Name | None = None
    card: str | None = None
    no_card: str | None = None
    told: str | None = None
    silent: str | None = None
    has: str | None = None
    has_not: str | None = None
    call: str | None = None
    came: Name = "told"
    answer: Name | None = None
    sees: str | None = None
    sees_not: str | None = None
    digest: str | None = None
    asks: Name | None = None
    """What is asked next when `with` is known."""
    of: str | None = None
    """Whose case, where several people have reported something."""
    free: Name | None = None
    """Of which thing so many (`is`) are free in the time that `with` names."""
    left: int | None = Field(default=None, alias="is")
    sealing: Name | None = None
    """What became of the seal that was applied: sealed, failed or in_doubt."""
    brings: str | None = None
    """A sheet as text, a row a line, its head first."""
    lists: str | None = None
    """Whose list says `has`."""
    marks: str | None = None
    """What is said of rows by their numbers."""
    row: str | None = None
    """The case of the row in which this stands is meant from here on."""
    sheet: str | None = None
    """The row in which this stands says `has` when it goes back."""
    shown: str | None = None
    """The village in which everybody may read `has`; `nothing`: nobody may read anything."""
    objects: str | None = None
    """What somebody has against what the case shows to everybody."""
    objection: Name | None = None
    """What is done with the newest objection."""
    passes: str | None = None
    """To whom outside the work is passed on by an address, on which stands `has`."""
    by_link: Name | None = None
    """What whoever has the address answers with it."""
    again: bool = False
    """The last act once more, as a second delivery of the same tap."""
    then: Name | None = None
    """The stage in which the case stands after this, or how it ended."""
    held: Parts | None = None
    """All who hold it after this."""
    hears: dict[str, Parts] = Field(default_factory=dict)
    """Who hears what of this: a part of each sentence."""
    due: Moments | None = None
    """All moments by which something is promised now, as 11-24 09:00."""

    @model_validator(mode="after")
    def _one_verb(self) -> "Step":
        chosen = [verb for verb in VERBS if getattr(self, verb) not in (None, False)]
        if len(chosen) != 1:
            raise ValueError(f"one_verb({', '.join(chosen)})")
        return self

    @property
    def verb(self) -> str:
        """What this step is about."""
        return next(verb for verb in VERBS if getattr(self, verb) not in (None, False))


FOLDER = "scenarios/"
SEVERAL = "scenarios"
SHARED = ("kind", "at", "flow_only", "only")
"""What may stand once for all scenarios of a file."""


class Scenario(Model):
    """One way a talk goes."""

    scenario: str
    kind: Kind
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d$")] = "2026-11-23 09:00"
    """Business time in Shanghai when it begins."""
    flow_only: bool = False
    """Without what the capabilities do: the case is about no paper, broadcast or post, and its flow alone is played."""
    only: bool = False
    """Whoever no step names has heard nothing."""
    steps: tuple[Step, ...] = Field(min_length=1)

    def begins(self) -> datetime:
        """The moment when it begins, without its zone."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario file that was read."""

    file: str
    scenario: Scenario | None
    problems: tuple[Problem, ...] = ()
    lines: tuple[int, ...] = ()
    """The line of each step."""
    at: int = 0
    """Which of its file."""

    def path(self, step: int) -> sheets.Path_:
        """Where a step stands, for `Loaded.place`."""
        return (self.file.partition("/")[2], self.at, "steps", step)


def of(skill: str, files: Mapping[str, str]) -> list[Played]:
    """Read the scenarios of a folder; those of one file follow each other."""
    names = sorted(name for name in files if name.startswith(FOLDER))
    return [one for name in names for one in _once(f"{skill}/{name}", files[name])]


def by_file(skill: str, files: Mapping[str, str]) -> dict[str, list[Scenario]]:
    """Read the scenarios that are sound, by the path of their file in the folder."""
    found: dict[str, list[Scenario]] = {}
    for one in of(skill, files):
        if one.scenario:
            found.setdefault(one.file.partition("/")[2], []).append(one.scenario)
    return found


def together(scenarios: Sequence[Scenario]) -> dict[str, Any]:
    """Give the scenarios of one file as plain values; what all go by stands once."""
    plain = [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in scenarios]
    if len(plain) == 1:
        return plain[0]
    shared = [key for key in SHARED if all(one.get(key) == plain[0].get(key) for one in plain) and key in plain[0]]
    rest = [{key: value for key, value in one.items() if key not in shared} for one in plain]
    return {**{key: plain[0][key] for key in shared}, SEVERAL: rest}


@lru_cache(maxsize=256)
def _once(file: str, text: str) -> tuple[Played, ...]:
    """Read a text once in this process: those of the house take a second, and the same text is the same scenarios."""
    return tuple(_read(file, text))


def _read(file: str, text: str) -> Iterator[Played]:
    sheet, problems = sheets.read(file, text)
    if problems:
        yield Played(file, None, tuple(problems))
        return
    for at, (path, content) in enumerate(_each(sheet.content)):
        try:
            scenario = Scenario.model_validate(content)
            lines = tuple(sheet.line((*path, "steps", n)) for n in range(len(scenario.steps)))
            yield Played(file, scenario, lines=lines, at=at)
        except ValidationError as error:
            found = [dict(one) for one in error.errors(include_url=False)]
            told = [one for one in found if one["type"] != "too_short"] or found
            yield Played(file, None, tuple(_problem(sheet, one, path) for one in told))


def _each(content: Any) -> Iterator[tuple[sheets.Path_, Any]]:
    """Give the scenarios of a file with their places; each has what stands beside them all."""
    several = content.get(SEVERAL) if isinstance(content, Mapping) else None
    if not isinstance(several, list):
        yield (), content
        return
    shared = {key: value for key, value in content.items() if key != SEVERAL}
    for index, one in enumerate(several):
        yield (SEVERAL, index), {**shared, **one} if isinstance(one, Mapping) else one


def _problem(sheet: sheets.Sheet, error: Mapping[str, Any], begin: sheets.Path_) -> Problem:
    path = (*begin, *error["loc"])
    key = str(next((part for part in reversed(path) if isinstance(part, str)), ""))
    known = error["type"] if error["type"] in ("extra_forbidden", "missing") else "other_error"
    if "one_verb" in str(error["msg"]):
        known = "one_verb"
    fields = {field.alias or name for name, field in Step.model_fields.items()}
    hint = sheets.nearest(key, fields) if known == "extra_forbidden" else ""
    return Problem(sheet.file, sheet.line(path), say(known, key=key, value=error.get("input")), hint)
