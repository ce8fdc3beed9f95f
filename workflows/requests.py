"""What is asked of the door to cases, and what it answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from township.effects import Effect
from workflows.state import Task, Via


class Opening(Struct, frozen=True):
    """A new matter. `key` is the message (and the matter's place in it): the same key opens one case."""

    town_id: str
    skill: str
    key: str
    fields: Mapping[str, Any]
    received_at: datetime
    """When the villager's message was stored: the clocks start here."""
    spoke: str | None = None
    affected: str | None = None
    """None: who spoke."""
    wrote: str | None = None
    """A clerk who writes for somebody."""
    told: tuple[str, ...] = ()
    """Empty: those of the case who have an account, else whom it concerns."""
    village_id: str | None = None
    """None: of the place, or where the person lives."""
    conversation_id: str | None = None
    via: Via = Via.CHAT
    channels: tuple[str, ...] = ()
    anonymous: bool = False
    """No person stands on the case; progress is asked for with its code."""


class Act(Struct, frozen=True):
    """Somebody does something to a case; `by` None is the clock. `key` is the tap, message or timer."""

    town_id: str
    case_id: str
    action: str
    key: str
    by: str | None
    values: Mapping[str, Any]
    task_id: str | None = None
    via: Via = Via.CARD
    shown: str = ""
    """Hash of the paper as the card that was tapped showed it."""
    hearer: str | None = None
    """Who hears what comes of it as the reply to what led to it, where nobody did it."""


class Outcome(Struct, frozen=True):
    """What became of it. The effects stand in the outbox already; the reply is for whoever acted."""

    case_id: str
    number: str
    stage: str
    result: str
    reply: str
    effects: tuple[Effect, ...] = ()
    tasks: tuple[Task, ...] = ()
    """Tasks that were given now."""
    query_code: str = ""
    repeated: bool = False
    """The key was known: nothing was done again."""
