"""What everybody in a soak shares: what may be said, the wire, the weather, and what was promised to whom."""

import asyncio
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from evals.bench.control import Control, Json
from evals.bench.soak.ledger import Ledger, Owed
from evals.bench.soak.pace import Pace
from evals.bench.soak.weather import Weather

LETTERS = str.maketrans("0123456789", "abcdefghjk")


@dataclass(slots=True)
class Told:
    """What all villagers share: what may be said, the ledger, the weather and the wire."""

    words: Json
    control: Control
    ledger: Ledger
    weather: Weather
    pace: Pace
    rng: random.Random
    reports: dict[str, str] = field(default_factory=dict)
    """Whose report carries a mark."""
    reported: Counter[str] = field(default_factory=Counter)
    """How many reports somebody has made, heard or not."""
    filed: dict[str, str] = field(default_factory=dict)
    """Who heard the number of a case."""
    papers: dict[str, str] = field(default_factory=dict)
    """Who was promised a paper, by the number of its case."""
    codes: list[str] = field(default_factory=list)
    """Of papers that were sealed, for whoever wants to check one."""
    sealed: Counter[str] = field(default_factory=Counter)
    """How often somebody was told that a paper is sealed, by the number of its case."""
    files: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many files of a name somebody got."""
    broadcasts: dict[str, str] = field(default_factory=dict)
    """The mark of each broadcast that was sent for approval, by its number."""
    clerks: dict[str, str] = field(default_factory=dict)
    """Who keeps the papers of a village, by its group."""
    _numbers: int = 9999
    busy: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """A group is asked, and a clerk does, one thing at a time."""

    def is_odd(self) -> bool:
        """Say whether what is said now is heard as something else, or not at all."""
        return self.weather.now is not None and (self.weather.now.deaf or self.weather.now.strange)

    def mark(self) -> str:
        """Make letters that no other report has: figures such as 119 would be emergencies."""
        self._numbers += 1
        return str(self._numbers).translate(LETTERS)


async def say(told: Told, who: str, story: str, saying: Json, *, group: str | None = None, **more: Any) -> str:
    """Let somebody say something and wait for its answer, as long as it takes; empty when no answer is owed."""
    fault = told.weather.now
    body = {"as": who, "group": group, **({} if "audio" in more else {"text": saying["say"]}), **more}
    is_deaf = fault is not None and fault.deaf
    expects = told.words["stranger"] if fault is not None and fault.strange else saying.get("expect", "")
    if is_deaf or not saying.get("expect"):
        told.ledger.unheard += is_deaf
        told.ledger.unanswerable[story] += not is_deaf
        await told.control.post("say", body)
        return ""
    owed = owe(told, group or who, story, expects, words=saying["say"])
    await told.control.post("say", body)
    await owed.done.wait()
    return owed.answer


def owe(told: Told, place: str, story: str, expects: str, words: str = "") -> Owed:
    """Write down what must be heard somewhere."""
    owed = Owed(place, story, words, re.compile(expects, re.DOTALL), told.weather.name)
    told.ledger.owe(owed)
    return owed


def filled(saying: Json, **values: object) -> Json:
    """Put values into what is said and expected."""
    expect = str(saying["expect"])
    for name, value in values.items():
        expect = expect.replace(f"{{{name}}}", re.escape(str(value)))
    return {"say": str(saying["say"]).format(**values), "expect": expect}
