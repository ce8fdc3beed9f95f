"""A broadcast before anybody has agreed to it: its words, minute, villages, level; what is missing, and its hash. Pure.

How it is said as a sentence is read in `ordering.py`; what the rows say of it later is in `register.py`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from township.clock import SHANGHAI
from township.errors import Refused
from township.texts import Texts
from workflows.broadcasts.moments import Spoken
from workflows.broadcasts.policy import Level, nearest, policy, quiet
from workflows.clocks import recurrence

SECOND = timedelta(seconds=1)


@cache
def texts() -> Texts:
    """The sentences of broadcasts."""
    return Texts.load(Path(__file__).with_name("texts.yaml"))


class Draft(Struct, frozen=True):
    """What was understood so far."""

    text: str = ""
    spoken: Spoken = field(default_factory=Spoken)
    zones: tuple[str, ...] = ()
    """Villages by id, in the order of the town."""
    level: Level = Level.DAILY
    skips_days_off: bool = False
    issuer: str = ""
    replaces: str = ""
    """The case of the broadcast that this one takes the place of."""

    @property
    def missing(self) -> str:
        """Name the one thing to ask for next; empty when nothing is missing."""
        if not self.text:
            return "text"
        if not self.zones:
            return "zones"
        return "" if self.spoken.is_whole else "minute"

    def to_json(self) -> dict[str, Any]:
        """Write it as the talk remembers it."""
        spoken = {**asdict(self.spoken), "day": self.spoken.day.isoformat() if self.spoken.day else None}
        spoken["after"] = self.spoken.after.total_seconds() if self.spoken.after else None
        return {**asdict(self), "spoken": spoken, "zones": list(self.zones), "level": self.level.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Draft":
        """Read it back."""
        said = dict(stored["spoken"])
        said["day"] = date.fromisoformat(said["day"]) if said["day"] else None
        said["after"] = timedelta(seconds=said["after"]) if said["after"] else None
        known = {**stored, "spoken": Spoken(**said), "zones": tuple(stored["zones"]), "level": Level(stored["level"])}
        return cls(**known)


class Order(Struct, frozen=True):
    """A whole broadcast, settled to its minute: what people approve."""

    text: str
    zones: tuple[str, ...]
    level: Level
    minute: datetime | None
    """None: as soon as it is approved."""
    rule: str
    """RFC 5545 with its start; empty: once."""
    skips_days_off: bool
    issuer: str

    @property
    def heard(self) -> str:
        """The words that are heard, with who says them."""
        return texts().say(f"heard_{self.level.value}", issuer=self.issuer, text=self.text)

    @property
    def digest(self) -> str:
        """The hash of all that is shown to whoever approves."""
        minute = self.minute.astimezone(SHANGHAI).isoformat() if self.minute else ""
        shown = [self.heard, self.text, list(self.zones), self.level.value, minute, self.rule, self.skips_days_off]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()

    def when_in_words(self) -> str:
        """Say the minute with its weekday, or the rule with its first occurrence."""
        if self.minute is None:
            return texts().say("as_soon_as_approved")
        first = say_minute(self.minute)
        if not self.rule:
            return first
        every = recurrence.in_words(self.rule, self.minute, texts(), skips_days_off=self.skips_days_off)
        return texts().say("every_from", every=every, first=first)

    def in_words(self, villages: Mapping[str, str]) -> str:
        """Say minute, villages and level in one line."""
        where = zones_in_words(self.zones, villages)
        return texts().say("order", when=self.when_in_words(), where=where, level=level_in_words(self.level))


def settled(draft: Draft, now: datetime, *, is_off: Callable[[date], bool] | None = None) -> Order:
    """Settle a draft of which nothing is missing; Refused says why it may not be heard then.

    `is_off` says on which days nobody works, for what is not to be heard then.
    """
    minute = draft.spoken.settle(now, draft.level)
    if minute is None and not draft.spoken.is_now:
        raise Refused("broadcast_minute_passed")
    rule = draft.spoken.rule
    if rule and draft.level is Level.URGENT:
        raise Refused("broadcast_urgent_again")
    if minute is not None and minute > now + policy().ahead:
        raise Refused("broadcast_too_far", days=policy().ahead.days)
    if len(draft.text) > policy().longest:
        raise Refused("broadcast_too_long", most=policy().longest, length=len(draft.text))
    check_quiet(draft.level, minute or now, now)
    stored = recurrence.rule_of(minute, rule) if rule and minute else ""
    skips = bool(rule) and (draft.skips_days_off or draft.spoken.working_days)
    if skips and minute:
        minute = recurrence.following(stored, minute - SECOND, is_off=is_off) or minute
    return Order(draft.text, draft.zones, draft.level, minute, stored, skips, draft.issuer)


def check_quiet(level: Level, minute: datetime, now: datetime) -> None:
    """Refuse a minute in quiet hours, with the nearest that are allowed."""
    if (found := quiet(level, minute)) is None:
        return
    offered = texts().say("or").join(say_minute(one) for one in nearest(level, minute, now))
    start, end = (f"{one.astimezone(SHANGHAI):%H:%M}" for one in found)
    raise Refused("broadcast_quiet", minute=say_minute(minute), start=start, end=end, offered=offered)


def say_minute(minute: datetime) -> str:
    """Say a minute with date and weekday."""
    here = minute.astimezone(SHANGHAI)
    weekday = texts().say("weekday_names")[here.weekday()]
    return texts().say("minute", month=here.month, day=here.day, weekday=weekday, time=f"{here:%H:%M}")


def zones_in_words(zones: tuple[str, ...], villages: Mapping[str, str]) -> str:
    """Say the villages, each by its name."""
    names = [villages[one] for one in zones if one in villages]
    if len(names) == len(villages) and len(names) > 1:
        return texts().say("all_villages", count=len(names))
    return texts().say("between_names").join(names)


def level_in_words(level: Level) -> str:
    """Name a level."""
    return texts().say(f"level_{level.value}")


def with_zones(draft: Draft, zones: tuple[str, ...], villages: Mapping[str, str]) -> Draft:
    """Give a draft its villages, in the order of the town."""
    return replace(draft, zones=tuple(one for one in villages if one in zones))
