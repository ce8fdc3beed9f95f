"""What a service has of what people book: things to borrow, times to come, a line to wait in. Types alone, pure.

Nothing of `definition.py` is known here: it holds these types. What is free is counted in `room.py`.
"""

import re
from datetime import time
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
HOURS = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
Weekday = Annotated[int, Field(ge=1, le=7)]
"""Monday is 1."""


class Hours(BaseModel):
    """From an hour to a later one of the same day."""

    model_config = ConfigDict(frozen=True)

    begins: time
    ends: time

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def _hours(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = HOURS.fullmatch(value.strip())
    if found is None:
        raise ValueError("unreadable_hours")
    begins, ends = (f"{int(hour):02d}:{minute}" for hour, minute in (found.groups()[:2], found.groups()[2:]))
    try:
        hours = Hours(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))
    except ValueError as error:
        raise ValueError("unreadable_hours") from error
    if hours.begins >= hours.ends:
        raise ValueError("unreadable_hours")
    return hours


HoursOf = Annotated[Hours, BeforeValidator(_hours, json_schema_input_type=str), PlainSerializer(str, return_type=str)]


class Supply(BaseModel):
    """What all kinds say: how much there is, whose it is, and of which of several."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: int = Field(default=1, ge=1, le=1_000_000)
    each: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Where it is another amount: by the name of a village, or by an option of `of`."""
    of: Name | None = None
    """A choice of the form: each of its options has its own."""
    town: bool = False
    """One for the whole town; else each village has its own."""

    def amount_of(self, part: str, village: str) -> int:
        """Say how much there is for an option, in a village."""
        return self.each.get(part, self.each.get(village, self.amount))


class Stock(Supply):
    """Things that a case takes for a while; its key is the field that says how many."""

    during: Name
    """The field that says from when until when."""
    back: Name | None = None
    """What an action asks: how many came back so far."""
    lost: Name | None = None
    """What an action asks: how many are lost or broken; they stay missing until somebody says otherwise."""


class Slots(Supply):
    """Times that are booked; its key is the field that says which."""

    hours: tuple[HoursOf, ...] = ()
    """Without: whole days, and the field is a date."""
    days: tuple[Weekday, ...] = (1, 2, 3, 4, 5, 6, 7)
    working: bool = False
    """Only on working days."""
    notice: int = Field(default=0, ge=0, le=365)
    """So many days before at least."""
    ahead: int = Field(default=30, ge=1, le=400)
    """So many days ahead at most."""


class Queue(Supply):
    """A line in which cases wait for their turn; `amount` have their turn at once."""

    call: Name
    """The action that gives a case its turn: of the stage in which it waits, done by the line itself."""
    soon: Name | None = None
    """The action by which somebody is told to make ready."""
    soon_at: int = Field(default=2, ge=1, le=20)
    """So many before one when it is said."""
    pause: Name | None = None
    """The action that stops the line: nobody is called until it goes on."""
    resume: Name | None = None
    """The action that lets it go on."""
    paused: Name | None = None
    """What the group of the village hears when the line stops."""
    resumed: Name | None = None
    """And when it goes on."""
    give_way: Name | None = None
    """The villager's action that lets the one behind go first."""
    swap: Name | None = None
    """The villager's action that exchanges places with the person whom it names, further back."""
