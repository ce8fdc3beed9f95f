"""Broadcasts played in any order by anybody, in any weather, with processes that die between a call and its commit.

The play keeps its own short account of what was approved by whom; `check` compares it with what was heard.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.dingtalk.bodies import Message
from bot.dingtalk.faults import NotSent, Rejected, Throttled, Unknown
from bot.outgoing.delivery import Delivery
from bot.outgoing.loudspeaker import Loudspeaker
from bot.outgoing.means import Means
from bot.purse import Limits
from bot.spending import Ledger
from skills import registry
from skills.rehearsal.founding import TOWN, prepare
from township import directory
from township.clock import SHANGHAI, TurnedClock
from township.db import Database, Tx
from township.effects import Announce
from township.errors import TownshipError
from township.models import groups, outbox
from township.workdays import Calendar
from workflows import cases, tasks
from workflows.broadcasts import listing, minutes, register, submission
from workflows.broadcasts.drafts import Draft
from workflows.broadcasts.moments import Spoken
from workflows.broadcasts.policy import Level
from workflows.clocks import timers
from workflows.state import Via

START = datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)
VILLAGE_CLERK, VILLAGE_HEAD, TOWN_CLERK, TOWN_DUTY, MAYOR, VILLAGER = "c1", "c2", "t1", "t2", "t3", "v1"
PEOPLE = (VILLAGE_CLERK, VILLAGE_HEAD, TOWN_CLERK, TOWN_DUTY, MAYOR, VILLAGER)
GROUPS = {"liushu": "g-liushu", "taoyuan": "g-taoyuan"}
WEATHER = ("fine", "fine", "fine", "lost", "refused", "killed", "busy", "unsent", "page")


class Killed(BaseException):
    """The process is gone, after the call."""


@dataclass
class Ordered:
    """One broadcast as the reference sees it."""

    text: str
    editor: str
    level: Level
    minute: datetime | None
    daily: bool
    case_id: str
    yes: list[str] = field(default_factory=list)
    is_set: bool = False
    gone: bool = False
    """Called off, returned, or replaced."""
    resends: int = 0


class Groups:
    """Stands where DingTalk stands."""

    def __init__(self, clock: TurnedClock) -> None:
        self.clock = clock
        self.weather = "fine"
        self.heard: list[tuple[datetime, str, str]] = []

    async def send_to_group(self, open_id: str, message: Message) -> str:
        match self.weather:
            case "refused":
                raise Rejected("bot.stopped")
            case "busy":
                raise Throttled("QpsLimitForApi")
            case "unsent":
                raise NotSent("connect")
        self.heard.append((self.clock.now(), open_id, message.param["content"]))
        match self.weather:
            case "lost":
                raise Unknown("timeout")
            case "page":
                raise Throttled("not.json")
            case "killed":
                raise Killed
        return "query"


class Play:
    """The town, its broadcasts, and what was heard of them."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = TurnedClock(START)
        self.groups = Groups(self.clock)
        self.ordered: list[Ordered] = []
        self._keys = 0
        skill = registry.load(registry.HERE / "broadcast").skill
        assert skill is not None
        prepare(db, skill, at=START)
        db.write_now(_with_groups)

    def order(self, editor: str, level: Level, ahead: int, *, daily: bool) -> None:
        """Order something new, so many minutes ahead; 0 is now."""
        spoken = _spoken(self.clock.now() + timedelta(minutes=ahead), daily=daily) if ahead else Spoken(is_now=True)
        text = f"第{len(self.ordered) + 1}件事。"
        self._submit(editor, Draft(text, spoken, (), level), replaces=None)

    def change(self, index: int, ahead: int) -> None:
        """Order the same for another minute: the old one is called off in the same breath."""
        if not (before := self._pick(index)):
            return
        found = self.db.read_now(lambda tx: register.by_case(tx, before.case_id))
        draft = self.db.read_now(lambda tx: listing.as_draft(tx, found))
        spoken = _spoken(self.clock.now() + timedelta(minutes=ahead), daily=before.daily)
        text = f"第{len(self.ordered) + 1}件事。"
        changed = Draft(text, spoken, draft.zones, draft.level, draft.skips_days_off, draft.issuer, draft.replaces)
        self._submit(before.editor, changed, replaces=before)

    def _submit(self, editor: str, draft: Draft, *, replaces: Ordered | None) -> None:
        now = self.clock.now()

        def call(tx: Tx) -> tuple[str, datetime | None]:
            person = directory.person(tx, editor)
            assert person is not None
            who = submission.editor_of(tx, directory.scope_of(tx, person, now))
            assert who is not None
            whole = Draft(
                draft.text, draft.spoken, draft.zones or who.zones, draft.level, False, who.issuer, draft.replaces
            )
            outcome = submission.submit(tx, who, whole, key=self._key(), conversation_id=None, now=now)
            return outcome.case_id, register.by_case(tx, outcome.case_id).order.minute

        try:
            case_id, minute = self.db.write_now(call)
        except TownshipError:
            return
        if replaces and draft.replaces:
            replaces.gone = True
        self.ordered.append(Ordered(draft.text, editor, draft.level, minute, bool(draft.spoken.rule), case_id))

    def act(self, index: int, person: str, action: str, via: Via) -> None:
        """Somebody tries to do something to one of them."""
        if not (one := self._pick(index)):
            return
        given = {"reason": "改一下"} if action == "reject" else {"to": VILLAGE_CLERK} if action == "reassign" else {}
        done = cases.Act(TOWN, one.case_id, action, self._key(), person, given, via=via)
        try:
            outcome = self.db.write_now(lambda tx: cases.act(tx, done, now=self.clock.now()))
        except TownshipError:
            return
        if action == "approve":
            assert via is not Via.VOICE
            one.yes.append(person)
            one.is_set = one.is_set or outcome.stage == "scheduled"
        one.gone = one.gone or action in ("withdraw", "reject")
        one.resends += action == "resend"

    def passes(self, minutes_: int, weather: str) -> None:
        """Let time pass: what the ticker and the delivery of a process do, in this weather."""
        self.clock.forward(timedelta(minutes=minutes_))
        self.groups.weather = weather
        asyncio.run(self._live())

    async def _live(self) -> None:
        now = self.clock.now()
        while self.db.write_now(lambda tx: timers.sweep(tx, now)) or self.db.write_now(
            lambda tx: minutes.sweep(tx, now)
        ):
            pass
        ledger = Ledger(self.db, self.clock, {"a1": Limits()})
        clients: Any = {"a1": self.groups}
        means = Means(self.db, self.clock, Calendar(), clients, ledger)
        delivery = Delivery(self.db, self.clock, {Announce: Loudspeaker(means)})
        self.db.write_now(_set_others_aside)
        await delivery.drain()

    def settle(self) -> None:
        """Let everything come to its end in fine weather."""
        for _ in range(4):
            self.passes(45, "fine")

    def check(self) -> None:
        """Nothing was heard unapproved, early, late, after it was called off, or more often than persons decided."""
        counts: Counter[tuple[str, str, str]] = Counter()
        for at, group, words in self.groups.heard:
            one = next(one for one in self.ordered if one.text in words)
            assert one.is_set, f"unapproved: {words}"
            needed = 2 if one.level is Level.IMPORTANT else 1
            others = [person for person in one.yes if person != one.editor]
            assert len(set(others)) == len(one.yes) >= needed
            assert one.minute is None or at >= one.minute, f"early: {words}"
            counts[one.text, group, f"{at:%m-%d}" if one.daily else ""] += 1
        for (text, group, _), count in counts.items():
            one = next(one for one in self.ordered if one.text == text)
            assert count <= 1 + one.resends, f"{text} was heard {count} times in {group}"

    def check_gone(self, before: int) -> None:
        """What was called off before is not among what was heard since."""
        gone = [one.text for one in self.ordered if one.gone]
        assert not [words for _, _, words in self.groups.heard[before:] if any(text in words for text in gone)]

    def _pick(self, index: int) -> Ordered | None:
        return self.ordered[index % len(self.ordered)] if self.ordered else None

    def _key(self) -> str:
        self._keys += 1
        return f"key:{self._keys}"


def _spoken(at: datetime, *, daily: bool) -> Spoken:
    here = at.astimezone(SHANGHAI)
    half = "morning" if here.hour < 11 else "noon" if here.hour < 13 else "afternoon" if here.hour < 17 else "night"
    return Spoken(None if daily else here.date(), half, here.hour, here.minute, "FREQ=DAILY" if daily else "")


def _with_groups(tx: Tx) -> None:
    for village, group in GROUPS.items():
        row = {"id": group, "town_id": TOWN, "account_id": "a1", "open_id": group, "village_id": village}
        tx.execute(sa.insert(groups).values(**row, title=village, cadres_only=False))


def _set_others_aside(tx: Tx) -> None:
    """Words and cards are not what is looked at here."""
    others = sa.and_(outbox.c.kind != "announce", outbox.c.state == "ready")
    tx.execute(sa.update(outbox).where(others).values(state="done"))


__all__ = ["PEOPLE", "WEATHER", "Play", "tasks"]
