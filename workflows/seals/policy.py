"""Which papers a village may issue, which it may not, and where people go instead: the rows of `policy.yaml`. Pure.

What somebody's words mean is in `wishes.py`. The refused kinds are the list of 民发〔2020〕20号.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from ruamel.yaml import YAML

SOURCE = Path(__file__).with_name("policy.yaml")
OTHER = "A08"
"""The row of papers that stand in no list."""
LOAN = "P05"
"""The row of a stamp that is wanted for a loan, whatever it is to stand on."""


class Kind(StrEnum):
    """What the town does with a wish for a paper."""

    REFUSED = "refused"
    """On the national list: never a task, two papers in hand instead."""
    ASK_FIRST = "ask_first"
    """Who wants it, and by which rule?"""
    ALLOWED = "allowed"
    NEVER = "never"
    """Nobody may have it: a stamp on empty paper."""
    UNCLEAR = "unclear"
    """A paper, but which?"""


class Then(StrEnum):
    """What becomes of a paper of which was asked first."""

    DECLARATION = "declaration"
    """The own declaration and the letter to the body do."""
    ELSEWHERE = "elsewhere"
    """Another body issues it."""
    VILLAGE = "village"
    """The village clerk looks at the rule it is wanted by."""


class Row(BaseModel):
    """One paper of the policy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    item: int = 0
    """Its number in the national list; 0: not on it."""
    name: str
    alias: tuple[str, ...] = ()
    says: re.Pattern[str] | None = None
    """How it is meant without its name."""
    go_to: str = ""
    asked_by: tuple[str, ...] = ()
    declares: str = ""
    """What its own declaration says."""
    state: Mapping[str, str] = Field(default_factory=dict)
    """What is declared, by the alias that was said."""
    then: Then | None = None
    skill: str = ""
    """The service that issues it."""

    @field_validator("says", mode="before")
    @classmethod
    def _says(cls, given: Any) -> Any:
        return re.compile(given) if given else None


class Document(BaseModel):
    """A document that the policy rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    document: str


class Words(BaseModel):
    """What stands on the papers besides the rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    oneself: str
    anybody: str
    """To whom a letter goes when nobody said who asks."""
    blank: str
    """A line to be filled in by hand."""
    office: str


class Policy(BaseModel):
    """All rows of one version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1)
    checked: str = ""
    """The day on which the judicial office compared every row; empty: not yet."""
    national: Document
    """The list of papers that no village issues."""
    commitment: Document
    words: Words
    refuse: tuple[Row, ...]
    ask_first: tuple[Row, ...]
    allow: tuple[Row, ...]
    never: tuple[Row, ...]

    def rows(self) -> Iterator[tuple[Kind, Row]]:
        """Go through all papers; what may never be had first, then what is refused."""
        yield from ((Kind.NEVER, row) for row in self.never)
        yield from ((Kind.REFUSED, row) for row in self.refuse)
        yield from ((Kind.ASK_FIRST, row) for row in self.ask_first)
        yield from ((Kind.ALLOWED, row) for row in self.allow)

    def row(self, paper: str) -> Row:
        """Find a row by its id; KeyError for none."""
        return self._by_id[paper][1]

    def kind(self, paper: str) -> Kind:
        """Say what is done with a paper by its id; KeyError for none."""
        return self._by_id[paper][0]

    def skills(self) -> frozenset[str]:
        """Name the services that issue papers: none of them is begun without this policy."""
        return frozenset(row.skill for row in self.allow if row.skill)

    @cached_property
    def _by_id(self) -> dict[str, tuple[Kind, Row]]:
        return {row.id: (kind, row) for kind, row in self.rows()}


@cache
def load(source: Path = SOURCE) -> Policy:
    """Read a policy; unknown keys, or one id twice, are refused."""
    policy = Policy.model_validate(YAML(typ="safe", pure=True).load(source.read_text("utf-8")))
    ids = [row.id for _, row in policy.rows()]
    if len(ids) != len(set(ids)):
        raise ValueError(f"{source}: an id stands there twice")
    return policy
