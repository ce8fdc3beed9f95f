"""Month: what a whole month of talk draws from both pools, played through the real app with the clock turned.

A share of the month is played, in a share of the pools, so that the purse decides as it would in the whole one; the
figures are scaled up again.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from evals.bench import children
from evals.bench.messages import prepare
from evals.bench.phones import NothingCame, Town
from evals.harness import Report
from township.settings import Settings

TASK = "month"
DAYS = 8
"""Working days over which the sample is spread."""
HELD = 5
"""Every fifth post shows a number."""
SPACE = 11
"""Minutes after which a second notice to somebody is no longer merged with the first."""
Json = dict[str, Any]


@dataclass(slots=True)
class Month:
    """One month being played."""

    town: Town
    told: Json
    villagers: Iterator[Json]
    cadres: dict[tuple[str, str], str]
    """By role and village; of the town where the village is empty."""
    unanswered: list[Json] = field(default_factory=list)
    """What was said, what was expected, and what was heard last instead."""
    said: int = 0
    posted: int = 0
    questions: Iterator[Json] = field(init=False)
    reports: Iterator[str] = field(init=False)
    posts: Iterator[str] = field(init=False)
    news: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self.questions, self.reports = cycle(self.told["questions"]), cycle(self.told["reports"])
        self.posts, self.news = cycle(self.told["posts"]), cycle(self.told["broadcast"]["what"])

    def question(self) -> None:
        """Let a villager ask."""
        asked = next(self.questions)
        self.tell(next(self.villagers)["userId"], asked["say"], asked["expect"])

    def report(self) -> None:
        """Let a villager report, by voice every third time, and see it through to the end."""
        villager = next(self.villagers)
        words = next(self.reports)
        more = {"audio": {"recognition": words}} if self.said % 3 == 0 else {}
        if self.tell(villager["userId"], words, self.told["filed"], **more):
            self.finish(self.cadre("village_clerk", villager["village"]), villager["userId"])

    def written(self) -> None:
        """Let a clerk write down what a neighbour without a phone in hand has said, and see it through."""
        villager = next(self.villagers)
        clerk = self.cadre("village_clerk", villager["village"])
        filed = self.tell(clerk, self.told["written"].format(name=villager["name"]), self.told["filed"])
        if number := re.search(self.told["number"], filed):
            listed = self.tell(clerk, self.told["list"], number["number"])
            code = re.search(self.told["code"].replace("NUMBER", re.escape(number["number"])), listed)
            self.tell(clerk, self.told["done"].format(code=code["code"] if code else ""), number["number"])
            self.town.turn(minutes=SPACE)
            self.close(villager["userId"])

    def seal(self) -> None:
        """Let a villager ask for a residence paper, and the cadres see it through to its file."""
        villager, asked = next(self.villagers), self.told["seal"]
        if self.tell(villager["userId"], asked["say"], asked["expect"]):
            for role, action in self.told["cards"]:
                self.tap(self.cadre(role, villager["village"]), action)
            self.hear(villager["userId"], asked["sealed"])

    def broadcast(self) -> None:
        """Let the town's clerk order a broadcast, another approve it, and every village hear it at its minute."""
        order, at = self.told["broadcast"], self.town.now() + timedelta(minutes=2 * SPACE)
        clerk, (role, action) = self.cadre(order["by"]), order["card"]
        said = order["say"].format(hour=at.hour, minute=at.minute, what=next(self.news))
        if self.tell(clerk, said, order["expect"]) and self.tell(clerk, order["send"], order["sent"]):
            self.tap(self.cadre(role, but=clerk), action)
            self.town.turn(to=at.replace(second=30))
            self.hear(clerk, order["heard"])

    def post(self) -> None:
        """Let a villager post to the circle."""
        villager = next(self.villagers)
        self.posted += 1
        if self.posted % HELD == 0:
            self.hold(villager)
        else:
            said = self.told["post"]
            self.tell(villager["userId"], said["say"].format(what=next(self.posts)), said["expect"])

    def hold(self, villager: Json) -> None:
        """Let a villager post a number, and the clerk look at it and release it."""
        said, review, clerk = self.told["held"], self.told["review"], self.cadre("village_clerk", villager["village"])
        if self.tell(villager["userId"], said["say"], said["expect"]):
            self.tell(villager["userId"], said["keep"], said["kept"])
            listed = self.tell(clerk, review["list"], villager["name"])
            if code := re.search(review["code"].replace("NAME", re.escape(villager["name"])), listed):
                self.tell(clerk, review["say"].format(code=code["code"]), review["expect"])
                self.hear(villager["userId"], review["released"])

    def cadre(self, role: str, village: str = "", but: str = "") -> str:
        """Find who has a role in a village, else in the town."""
        known = [self.cadres[key] for key in ((role, village), (role, "")) if key in self.cadres]
        return next(one for one in known if one != but)

    def finish(self, clerk: str, villager: str) -> None:
        """Accept and close on the card."""
        card = self.tap(clerk, "accept")
        self.town.tap(clerk, card, "done", result=self.told["result"])
        self.close(villager)

    def tap(self, person: str, action: str) -> str:
        """Tap the newest card that offers an action; returns the card."""
        card: str = self.town.wait(lambda: self._offers(person, action), f"a card for {person}")
        self.town.tap(person, card, action)
        return card

    def close(self, villager: str) -> None:
        """Answer the closing question."""
        self.hear(villager, self.told["closing"])
        self.tell(villager, self.told["fixed"], self.told["closed"])

    def tell(self, person: str, words: str, expect: str, **more: Any) -> str:
        """Say something and wait for its answer; an answer that does not come is counted."""
        self.said += 1
        self.town.say(person, None if more else words, **more)
        return self.hear(person, expect, words)

    def hear(self, person: str, expect: str, words: str = "") -> str:
        """Wait for something to be said; what does not come is counted."""
        try:
            return str(self.town.expect(person, expect)["text"])
        except NothingCame:
            heard = self.town.heard(person)
            instead = heard[-1]["text"] if heard else ""
            self.unanswered.append({"said": words, "expected": expect, "instead": instead})
            return ""

    def _offers(self, person: str, action: str) -> str | None:
        offered = [card for card in self.town.cards(person) if any(b["action"] == action for b in card["buttons"])]
        return str(offered[-1]["outTrackId"]) if offered else None


def run(settings: Settings, *, share: float = 0.1) -> Report:
    """Play the months; calls, pushes and shares of the pools in the worst reading, for the whole month."""
    told: Json = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    months, said, unanswered = {}, 0, list[Json]()
    with tempfile.TemporaryDirectory(prefix="dinglin-month-") as folder:
        for name, load in told["months"].items():
            months[name], month = _play(Path(folder) / name, settings, told, load, share)
            said += month.said
            unanswered += [{"month": name, **one} for one in month.unanswered]
    metrics = {f"{name}_share": figures["share"] for name, figures in months.items()}
    metrics["unanswered"] = len(unanswered)
    about = {"played": f"{share:g} of the month, scaled up", "bars": told["bars"]}
    about["unanswered"] = unanswered
    return Report(TASK, said, metrics, months, about)


def _play(folder: Path, settings: Settings, told: Json, load: Json, share: float) -> tuple[dict[str, float], Month]:
    home = folder / "home"
    prepare(home, settings)
    limits = {f"{pool}_limit": str(round(size * share)) for pool, size in told["pools"].items()}
    with children.sandbox(folder / "sandbox.log") as url, Town(url) as town:
        town.turn(to=_first_of_next_month(town.now()))
        town.turn_to_working_morning()
        app = children.app(home, url, embedder=settings.embedder, **limits)
        app.start()
        try:
            month = _begin(town, told)
            _days(month, {kind: round(count * share) for kind, count in load.items()})
            meter = town.meter()
        finally:
            app.stop()
    return _figures(meter, told, share, len(month.unanswered)), month


def _begin(town: Town, told: Json) -> Month:
    people: list[Json] = town.get("state")["people"]
    shared = {one["shares"] for one in people}
    alone = [one for one in people if one["staffId"] and one["userId"] not in shared]
    villagers = [one for one in alone if one["village"] and not one["roles"]]
    cadres = {(role, one["village"] or ""): one["userId"] for one in people for role in one["roles"]}
    return Month(town, told, cycle(villagers), cadres)


def _days(month: Month, load: dict[str, int]) -> None:
    """Spread the load over working days of the same month."""
    done = dict.fromkeys(load, 0)
    for day in range(1, DAYS + 1):
        for kind, count in load.items():
            while done[kind] < count * day // DAYS:
                getattr(month, kind)()
                done[kind] += 1
        if day < DAYS:
            month.town.turn(days=1)
            month.town.turn_to_working_morning()


def _figures(meter: Json, told: Json, share: float, unanswered: int) -> dict[str, float]:
    pools = {}
    for pool in ("api", "push"):
        drawn = sum(month[pool] for month in meter["months"].values()) / share
        pools[pool] = round(drawn + told["standing"][pool])
    worst = max(pools[pool] / size for pool, size in told["pools"].items())
    return {**pools, "share": round(worst, 3), "unanswered": unanswered}


def _first_of_next_month(now: datetime) -> datetime:
    return (now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=8, minute=0, second=0, microsecond=0)
