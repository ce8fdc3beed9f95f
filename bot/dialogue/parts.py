"""What a command adds to a turn's reply: words, effects for others, and what the talk remembers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.dialogue.conversations import Conversation
from bot.dialogue.media import Fetched
from bot.dialogue.services import Services
from bot.dialogue.situation import Situation
from bot.messages import Incoming
from knowledge.answers import Answer
from township.effects import Effect
from township.texts import Texts


@dataclass(frozen=True, slots=True)
class Heard:
    """One message in its conversation. `id` is the key of everything that follows from it."""

    id: str
    conversation: Conversation
    incoming: Incoming
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one command."""

    text: str = ""
    effects: tuple[tuple[str, Effect], ...] = ()
    """For others than who spoke; keys are made from the message."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """What the talk remembers from here on; None takes a memory away."""
    in_private: bool = False
    """In a group: the text goes to the person alone (law of talk 4)."""
    aside: bool = False
    """A line after what was answered, no matter of its own."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What every handler is given."""

    heard: Heard
    situation: Situation
    services: Services
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """By question: found before the transaction was opened."""
    fetched: tuple[Fetched, ...] = ()
    """What came with the message, as far as it was worth fetching."""

    @property
    def photos(self) -> list[str]:
        """Hashes of the pictures and videos that were fetched."""
        return [one.sha256 for one in self.fetched if one.sha256]

    def key(self, position: int) -> str:
        """Name what the n-th matter of this message causes."""
        return f"{self.heard.id}:{position}"


@cache
def texts() -> Texts:
    """The sentences of talk."""
    return Texts.load(Path(__file__).with_name("texts.yaml"))
