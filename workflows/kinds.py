"""What a service can be besides answering one person: worked off from a roster, coming round, shown, passed on.

Types read strictly from YAML, frozen and pure. What they do lives in `rosters/`, `rounds/` and `public/`.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from township.errors import Mistake
from workflows.clocks import durations, recurrence
from workflows.clocks.durations import Duration
from workflows.clocks.recurrence import Every

NAMED = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _every(value: Any) -> Any:
    try:
        return recurrence.parse(value) if isinstance(value, str) else value
    except Mistake as mistake:
        raise ValueError(str(mistake)) from mistake


def _length(value: Any) -> Any:
    try:
        return durations.parse(value) if isinstance(value, str) else value
    except Mistake as mistake:
        raise ValueError(str(mistake)) from mistake


def _plain(value: tuple[str, ...]) -> Any:
    return value[0] if len(value) == 1 else list(value)


Heads = Annotated[
    tuple[str, ...],
    BeforeValidator(_several, json_schema_input_type=str | tuple[str, ...]),
    PlainSerializer(_plain),
    Field(min_length=1),
]
"""A column by its name, or by one of several that offices use."""
When = Annotated[
    Every,
    BeforeValidator(_every, json_schema_input_type=str),
    PlainSerializer(lambda value: value.source, return_type=str),
]
Length = Annotated[
    Duration, BeforeValidator(_length, json_schema_input_type=str), PlainSerializer(str, return_type=str)
]


class Kind(BaseModel):
    """Strict and frozen: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Over(Kind):
    """How the sheet says of a row that nothing is left to be done."""

    column: Heads
    words: tuple[str, ...] = Field(min_length=1)
    action: NAMED
    """What is done to its case, where there is one already."""


class Roster(Kind):
    """A sheet as source: each row is worked on, and what came of it goes back into the sheet."""

    key: tuple[Heads, ...] = Field(min_length=1)
    """Columns by which a row is known again; brought twice, it is one."""
    columns: dict[NAMED, Heads] = Field(min_length=1)
    """Which field of the form stands in which column."""
    village: Heads | None = None
    """The column that names the village; without one all rows are of the village that is said with the sheet."""
    shows: tuple[NAMED, ...] = ()
    """What a line of the list shows, in order; empty: all that has a column."""
    over: Over | None = None
    back: dict[str, str] = {}
    """What is written into which column: `done`, `by`, `at`, `remark`, or a field."""


BACK = frozenset({"done", "by", "at", "remark"})
"""What was done last, by whom, when, and what was said besides."""


class DaysOff(StrEnum):
    """What happens to a round that falls on a day off."""

    KEEP = "keep"
    SKIP = "skip"
    BEFORE = "before"
    AFTER = "after"


class Rounds(Kind):
    """Comes again by itself: one case a village, or one a row where there is a roster. Nobody checks in."""

    every: When
    holidays: DaysOff = DaysOff.KEEP
    villages: tuple[str, ...] = ()
    """Empty: every village."""
    digest: str = ""
    """Who reads in one line how the last round went: a role of the town."""


class Showing(Kind):
    """What is shown to everybody for the length of a stage, and how objections are taken."""

    shows: tuple[NAMED, ...] = Field(min_length=1)
    mask: tuple[NAMED, ...] = ()
    """Fields of which only the beginning is shown."""
    objection: str = Field(default="", pattern=r"^([a-z][a-z0-9_]*)?$")
    """The service that takes an objection; empty: that of the house (presets.yaml)."""
    over: NAMED = "over"
    """The action that is done when the time is up and no objection is open."""
    upheld: NAMED = "upheld"
    """The action that is done when an objection was found right."""


class ByLink(Kind):
    """What somebody without an account may do: by an address good for one answer, passed on by who has the task."""

    actions: tuple[NAMED, ...] = Field(min_length=1)
    shows: tuple[NAMED, ...] = ()
    """Fields that whoever does it needs to know; of the others the page says nothing."""
    within: Length = Duration(3, "day")
    """So long the address opens; no longer than the task is there."""
