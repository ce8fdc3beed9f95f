"""The ledger of a soak: what was said and what must come of it, and everything that the bot showed to anybody."""

import asyncio
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from evals.bench.control import Json


@dataclass(slots=True)
class Owed:
    """One thing said that must be answered."""

    place: str
    """The person, or the group, where the answer must be heard."""
    story: str
    words: str
    expect: re.Pattern[str]
    weather: str
    said_at: float = field(default_factory=time.monotonic)
    answer: str = ""
    answered_at: float = 0.0
    heard: list[str] = field(default_factory=list)
    """What was heard there since, the answer apart."""
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def seconds(self) -> float:
        """How long the answer took."""
        return self.answered_at - self.said_at


@dataclass(slots=True)
class Ledger:
    """Takes in the events of the sandbox; people write down what they are owed."""

    held_back: str
    """What is said instead of words that the platform held back: an answer to anything."""
    owed: list[Owed] = field(default_factory=list)
    unheard: int = 0
    """Said while frames came without words: nobody could answer."""
    unanswerable: Counter[str] = field(default_factory=Counter)
    """Said without a wish for an answer."""
    shown: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The people to whom a card was shown, by its outTrackId."""
    groups: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """What a group heard of the bot, and how often."""
    texts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """What a person heard of the bot alone, and how often."""
    _open: dict[str, Owed] = field(default_factory=dict)

    def owe(self, owed: Owed) -> None:
        """Write down what somebody is owed; one thing at a time for each place."""
        self.owed.append(owed)
        self._open[owed.place] = owed

    def hear(self, place: str, text: str) -> None:
        """Take in what the bot said to a person or a group."""
        owed = self._open.get(place)
        if owed is None:
            return
        if owed.expect.search(text) or self.held_back in text:
            owed.answer, owed.answered_at = text, time.monotonic()
            del self._open[place]
            owed.done.set()
        else:
            owed.heard.append(text)

    def take(self, event: Json) -> None:
        """Take in one event of the sandbox."""
        if event["kind"] == "message" and event["message"]["from"] == "bot":
            message = event["message"]
            if message["group"]:
                self.groups[message["group"]][message["text"]] += 1
                self.hear(message["group"], message["text"])
            else:
                for person in event["to"]:
                    self.texts[person][message["text"]] += 1
                    self.hear(person, message["text"])
        elif event["kind"] == "card":
            self.shown[event["card"]["outTrackId"]].update(event["to"])

    def forgive(self, owed: Owed) -> None:
        """Take back what is owed: what it would follow from did not happen."""
        self.owed.remove(owed)
        if self._open.get(owed.place) is owed:
            del self._open[owed.place]

    def waiting(self) -> list[Owed]:
        """List what nobody has answered."""
        return [one for one in self.owed if not one.answer]
