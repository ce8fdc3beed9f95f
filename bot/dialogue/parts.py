"""What a command adds to a turn's reply: words, effects for others, and what the talk remembers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from bot.dialogue.addresses import Originals
from bot.dialogue.conversations import Conversation
from bot.dialogue.meaning import details
from bot.dialogue.meaning.services import Services
from bot.dialogue.media import Fetched
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
class Enclosed:
    """A file that lies in the store and goes along with a reply, and its name."""

    sha256: str
    name: str


JUST_ASKED = timedelta(minutes=30)
"""How long words are first of all the answer to a question of ours."""
FORM_LIVES = timedelta(hours=12)
"""How long a question of ours waits for its answer; what is said the next day is something new."""
FORM_KEPT = timedelta(days=7)
"""How long what was said for a form is kept, for who goes on with it."""


class Counts(StrEnum):
    """As what a part counts when several matters are said back."""

    filed = "filed"
    answered = "answered"
    other = "other"


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
    counts: Counts = Counts.other
    forget: tuple[str, ...] = ()
    """Messages whose words are not kept, by their ids: who stays unnamed is not to be found by them."""


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
    several: bool = False
    """The message holds more than one thing."""
    drawn: Mapping[str, Sequence[Enclosed]] = field(default_factory=dict)
    """Papers that were set for this turn, by the paper that was wished for."""
    late: frozenset[str] = frozenset()
    """Questions whose answers take longer than a turn."""
    originals: Originals | None = None

    @property
    def photos(self) -> list[str]:
        """Hashes of the pictures and videos that were fetched."""
        return [one.sha256 for one in self.fetched if one.sha256 and one.attachment.kind != "audio"]

    @property
    def recordings(self) -> list[str]:
        """Hashes of the recordings that were fetched because nobody could read them."""
        return [one.sha256 for one in self.fetched if one.sha256 and one.attachment.kind == "audio"]

    @property
    def state(self) -> Mapping[str, Any]:
        """Where the talk stood before this message."""
        return self.heard.conversation.state

    def key(self, position: int) -> str:
        """Name what the n-th matter of this message causes."""
        return f"{self.heard.id}:{position}"


def open_form(heard: Heard) -> Mapping[str, Any]:
    """Find the form that waits for an answer; empty if there is none, or its day has passed."""
    form: Mapping[str, Any] = heard.conversation.state.get("form") or {}
    at = datetime.fromisoformat(form["at"]) if form.get("at") else heard.received_at
    age = heard.received_at - at
    is_waiting = age <= FORM_LIVES and not form.get("put_off")
    return form if is_waiting or (age <= FORM_KEPT and details.goes_on(heard.incoming.text)) else {}


def has_just_asked(state: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether the last question of a form was put a moment ago; what is wrong is no such question."""
    form: Mapping[str, Any] = state.get("form") or {}
    if not form.get("at") or form.get("put_off") or form.get("asked") in (None, "", "what"):
        return False
    return at - datetime.fromisoformat(form["at"]) <= JUST_ASKED


def kept_form(heard: Heard, skill: str) -> Mapping[str, Any]:
    """Find what was said of late for a service that was never finished; empty if nothing was."""
    form: Mapping[str, Any] = heard.conversation.state.get("form") or {}
    at = datetime.fromisoformat(form["at"]) if form.get("at") else heard.received_at
    return form if form.get("skill") == skill and heard.received_at - at <= FORM_KEPT else {}


@cache
def texts() -> Texts:
    """The sentences of talk."""
    return Texts.load(Path(__file__).with_name("texts.yaml"))
