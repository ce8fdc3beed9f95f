"""Kills: the app dies again and again, at named points and at random, while people speak and the wire misbehaves.

Every message is a report of its own, so every answer is a text of its own: what is lost or said twice can be counted.
"""

import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from evals.bench import children
from evals.bench.children import ChildFailed
from evals.bench.messages import prepare
from evals.bench.phones import NothingCame, Town
from evals.harness import Report
from township.killpoints import Point
from township.settings import Settings

TASK = "kills"
RANDOM = ""
NAMED = (*Point,)
PEOPLE = 20
FAULTS = {"duplicate": 4, "drop_ack": 4, "disconnect": 1}
"""Armed anew for each life of the app, so many times."""
WINDOWS = {"redelivery": 3, "redeliveries": 40}
PATIENCE = 60.0


@dataclass(slots=True)
class Play:
    """One run: who said what, and how long people waited after a restart."""

    town: Town
    home: Path
    rng: random.Random
    words: dict[str, str]
    people: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    waits: list[float] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    def speak(self, count: int) -> None:
        """Let people report, each in turn."""
        for _ in range(count):
            number = sum(self.said.values())
            person = self.people[number % len(self.people)]
            self.town.say(person, self.words["report"].format(n=name(number)))
            self.said[person] += 1

    def answers(self, person: str) -> Counter[str]:
        """Count the answers to reports that somebody has heard, by text."""
        return Counter(one["text"] for one in self.town.heard(person) if self.words["filed"] in one["text"])


def run(settings: Settings, *, messages: int = 1000, random_kills: int = 10, seed: int = 7) -> Report:
    """Play and count; seconds are from the start of the process to the next answer."""
    kills = [point.value for point in NAMED] + [RANDOM] * random_kills
    rng = random.Random(seed)
    rng.shuffle(kills)
    with tempfile.TemporaryDirectory(prefix="dinglin-kills-") as folder:
        home = Path(folder) / "home"
        prepare(home, settings)
        with children.sandbox(Path(folder) / "sandbox.log") as url:
            metrics = play(url, home, kills, messages, rng, embedder=settings.embedder)
    return Report(TASK, messages, metrics, settings={"kills": kills, "seed": seed, "faults": FAULTS})


def play(
    url: str, home: Path, kills: Sequence[str], messages: int, rng: random.Random, **settings: str
) -> dict[str, float]:
    """Kill the app so many times while people speak, on a home that is prepared; returns what became of all."""
    words: dict[str, str] = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    with Town(url) as town:
        town.turn_to_working_morning()
        town.post("windows", WINDOWS)
        game = Play(town, home, rng, words)
        known: list[dict[str, Any]] = town.get("state")["people"]
        everybody = [one["userId"] for one in known if one["staffId"] and not one["roles"] and one["village"]]
        game.people, asking = everybody[1:][:PEOPLE], everybody[0]
        for number, kill in enumerate(kills):
            share = messages * (number + 1) // (len(kills) + 1) - messages * number // (len(kills) + 1)
            _one_life(game, url, kill, share, asking, settings)
        app = children.app(home, url, **_unlimited(settings))
        try:
            app.start()
            town.no_faults()
            game.speak(messages - sum(game.said.values()))
            with suppress(NothingCame):  # what is missing is counted below
                town.wait(lambda: all_answered(game) or None, "every answer", PATIENCE)
            _settle(game)
        finally:
            app.stop()
        return _figures(game, messages)


def _unlimited(settings: dict[str, str]) -> dict[str, str]:
    return {"api_limit": "0", "push_limit": "0", **settings}


def _one_life(game: Play, url: str, kill: str, share: int, asking: str, settings: dict[str, str]) -> None:
    """Start the app, arm faults and the kill, let people speak, and wait for the end."""
    times = game.rng.randint(1, max(1, share // 3))
    armed = {"kill_at": f"{kill}:{times}"} if kill else {}
    app = children.app(game.home, url, **_unlimited(settings), **armed)
    started = time.perf_counter()
    try:
        with suppress(*((ChildFailed,) if kill else ())):  # a named end may come before it is ready
            app.start()
        for name, count in FAULTS.items():
            game.town.fault(name, times=count)
        if game.kills and not kill:  # a life with a named end may be over before it can answer
            game.town.say(asking, game.words["question"])
            game.town.expect(asking, game.words["known"], PATIENCE)
            game.waits.append(time.perf_counter() - started)
        before = _heard(game)
        game.speak(share)
        if kill:
            game.town.wait(lambda: None if app.is_running() else True, f"the end at {kill}", PATIENCE)
        else:
            game.town.wait(lambda: _heard(game) >= before + times or None, "answers", PATIENCE)
    finally:
        app.kill()
    game.kills += 1


def name(number: int) -> str:
    """Name a report by letters: figures such as 119 would be emergencies."""
    return str(number + 1000).translate(str.maketrans("0123456789", "ABCDEFGHJK"))


def _heard(game: Play) -> int:
    return sum(sum(game.answers(one).values()) for one in game.people)


def all_answered(game: Play) -> bool:
    """Say whether everything that was said has its answer."""
    return all(len(game.answers(person)) >= count for person, count in game.said.items())


def _settle(game: Play) -> None:
    """Wait until nothing is on its way: rows are done, cards are shown."""

    def nothing_waits() -> bool | None:
        left = _count(game.home, "SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending')")
        return left == 0 or None

    game.town.wait(nothing_waits, "an empty outbox", PATIENCE, lambda: _count(game.home, "SELECT count(*) FROM outbox"))


def _figures(game: Play, messages: int) -> dict[str, float]:
    heard = {person: game.answers(person) for person in game.people}
    repeats = {person: sum(texts.values()) - len(texts) for person, texts in heard.items()}
    cases = _count(game.home, "SELECT count(*) FROM cases WHERE skill = 'village_report'")
    clerks = [one["userId"] for one in game.town.get("state")["people"] if one["roles"] and one["hasAccount"]]
    shown = Counter((clerk, card["params"]["title"]) for clerk in clerks for card in game.town.cards(clerk))
    return {
        "messages": messages,
        "kills": game.kills,
        "lost": sum(max(0, count - len(heard[person])) for person, count in game.said.items()),
        "lost_cases": max(0, messages - cases),
        "doubled_cases": max(0, cases - messages),
        "doubled_cards": sum(count - 1 for count in shown.values()),
        "most_seen": max(count for texts in heard.values() for count in texts.values()),
        "most_repeats": max(repeats.values()),
        "next_answer_s": round(max(game.waits, default=0.0), 1),
    }


def _count(home: Path, query: str) -> int:
    with sqlite3.connect(f"file:{home / 'dinglin.db'}?mode=ro", uri=True) as rows:
        return int(rows.execute(query).fetchone()[0])
