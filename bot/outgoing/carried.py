"""What became of an effect that was carried: the closed set of outcomes, and how a channel fault reads as one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.dingtalk.faults import ChannelFault, Denied, NotSent, QuotaExhausted, Throttled, Unknown
from township.effects import Policy


@dataclass(frozen=True, slots=True)
class Carried:
    """It has left; `receipt` is what the platform answered, `also` are rows that left in the same message."""

    receipt: dict[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was done, or only what a key or the policy lets us repeat: try again after `wait`."""

    wait: timedelta
    why: str
    undone: bool = False
    """Surely nothing was done: worth trying for days, however often."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not at this time of day, or month: not before a moment of business time."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """It can never leave as it is; a person looks at it."""

    why: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It may have happened, and must not happen twice: a person decides."""

    why: str


Outcome = Carried | Later | Postponed | Failed | InDoubt

LONGEST_WAIT = timedelta(minutes=10)


def after_fault(fault: ChannelFault, tries: int, policy: Policy) -> Outcome:
    """Read a fault as an outcome; waits grow with the number of tries. What may not happen twice is left in doubt."""
    growing = min(timedelta(seconds=0.5 * 2 ** min(tries, 16)), LONGEST_WAIT)
    match fault:
        case Unknown() if policy is Policy.AT_MOST_ONCE:
            return InDoubt(fault.code)
        case Throttled():
            return Later(max(timedelta(seconds=fault.retry_after), growing), fault.code, undone=True)
        case NotSent():
            return Later(growing, fault.code, undone=True)
        case Unknown():
            return Later(growing, fault.code)
        case Denied() | QuotaExhausted():
            return Later(LONGEST_WAIT, fault.code, undone=True)
        case _:
            return Failed(fault.code)
