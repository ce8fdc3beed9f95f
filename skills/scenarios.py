"""The schema of a scenario: who says or does what, what then stands, who hears it. They are a skill's tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from skills import sheets
from skills.sheets import Problem, say
from workflows.definition import Length, Model, Name


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


VERBS = (
    "reports", "does", "cannot", "wait", "stage", "result", "card", "no_card", "told", "silent", "call", "sees",
    "sees_not", "digest", "again", "sealing", "asks",
)  # fmt: skip


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
    sealing: Name | None = None
    """What became of the seal that was applied: sealed, failed or in_doubt."""
    again: bool = False
    """The last act once more, as a second delivery of the same tap."""

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


class Scenario(Model):
    """One way a talk goes."""

    scenario: str
    kind: Kind
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d$")] = "2026-11-23 09:00"
    """Business time in Shanghai when it begins."""
    flow_only: bool = False
    """Without what the capabilities do: the case is about no paper, broadcast or post, and its flow alone is played."""
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


def of(skill: str, files: Mapping[str, str]) -> list[Played]:
    """Read the scenarios of a folder."""
    return [_read(f"{skill}/{name}", text) for name, text in sorted(files.items()) if name.startswith("scenarios/")]


def _read(file: str, text: str) -> Played:
    sheet, problems = sheets.read(file, text)
    if problems:
        return Played(file, None, tuple(problems))
    try:
        return Played(file, Scenario.model_validate(sheet.content))
    except ValidationError as error:
        found = [dict(one) for one in error.errors(include_url=False)]
        told = [one for one in found if one["type"] != "too_short"] or found
        return Played(file, None, tuple(_problem(sheet, one) for one in told))


def _problem(sheet: sheets.Sheet, error: Mapping[str, Any]) -> Problem:
    path = tuple(error["loc"])
    key = str(next((part for part in reversed(path) if isinstance(part, str)), ""))
    known = error["type"] if error["type"] in ("extra_forbidden", "missing") else "other_error"
    if "one_verb" in str(error["msg"]):
        known = "one_verb"
    fields = {field.alias or name for name, field in Step.model_fields.items()}
    hint = sheets.nearest(key, fields) if known == "extra_forbidden" else ""
    return Problem(sheet.file, sheet.line(path), say(known, key=key, value=error.get("input")), hint)
