"""What becomes of an effect that may happen once only goes back to what wanted it, and is never tried again."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.dingtalk.faults import NotSent, Unknown
from bot.outgoing.carried import Carried, Failed, InDoubt, Later, Outcome
from bot.outgoing.delivery import Delivery
from bot.outgoing.sent import Sent
from township import outbox
from township.clock import TurnedClock
from township.db import Database, Tx
from township.effects import ApplySeal, Say, ToPerson
from township.outbox import Parcel


class Heard:
    """What was reported."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []


class Press:
    """A seal press that does what it is told."""

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        self.outcomes = list(outcomes)
        self.pressed = 0
        self.heard = Heard()

    async def carry(self, parcel: Parcel) -> Outcome:
        self.pressed += 1
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def report(self, tx: Tx, parcel: Parcel, outcome: Carried | Failed | InDoubt, now: datetime) -> None:
        self.heard.outcomes.append(outcome)


async def sealed(db: Database, clock: TurnedClock, press: Press) -> Heard:
    delivery = Delivery(db, clock, {ApplySeal: press})
    effects = [("seal", ApplySeal("case", "paper"))]
    await db.write(lambda tx: outbox.put(tx, "town", effects, now=clock.now()))
    for _ in range(3):
        await delivery.drain()
        clock.forward(timedelta(minutes=20))
    return press.heard


class SlowPress(Press):
    """Is looked at many times before it is done."""

    def __init__(self, db: Database) -> None:
        super().__init__(Carried())
        self.db = db
        self.began = asyncio.Event()

    async def carry(self, parcel: Parcel) -> Outcome:
        self.began.set()
        for _ in range(20):
            await self.db.write(lambda tx: None)
        return await super().carry(parcel)


async def test_who_waits_for_all_that_leaves_waits_for_what_another_took_up(db: Database, clock: TurnedClock) -> None:
    press = SlowPress(db)
    delivery = Delivery(db, clock, {ApplySeal: press})
    await db.write(lambda tx: outbox.put(tx, "town", [("seal", ApplySeal("case", "paper"))], now=clock.now()))
    running = asyncio.create_task(delivery.run())
    delivery.wake()
    await press.began.wait()
    await delivery.drain()
    running.cancel()
    assert press.heard.outcomes == [Carried()]


async def test_a_claim_that_fails_is_tried_again(
    db: Database, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that once says no does not silence the bot for ever."""
    press, claim, refused = SlowPress(db), outbox.claim, asyncio.Event()
    loop = asyncio.get_running_loop()

    def broken(*_: Any, **__: Any) -> list[Parcel]:
        monkeypatch.setattr(outbox, "claim", claim)
        loop.call_soon_threadsafe(refused.set)
        raise RuntimeError("no room")

    monkeypatch.setattr(outbox, "claim", broken)
    delivery = Delivery(db, clock, {ApplySeal: press})
    await db.write(lambda tx: outbox.put(tx, "town", [("seal", ApplySeal("case", "paper"))], now=clock.now()))
    running = asyncio.create_task(delivery.run())
    delivery.wake()
    await refused.wait()
    delivery.wake()
    await press.began.wait()
    delivery.end()
    await running
    await delivery.idle()
    assert press.heard.outcomes == [Carried()]
    assert "nothing could be claimed" in caplog.text


async def test_what_was_done_is_reported_once(db: Database, clock: TurnedClock) -> None:
    press = Press(Carried({"sha256": "a"}))
    assert (await sealed(db, clock, press)).outcomes == [Carried({"sha256": "a"})]
    assert press.pressed == 1


@pytest.mark.parametrize("trouble", [Unknown("unknown"), RuntimeError("broken")])
async def test_what_may_have_happened_is_in_doubt_and_not_repeated(
    db: Database, clock: TurnedClock, trouble: Exception
) -> None:
    press = Press(trouble)
    heard = await sealed(db, clock, press)
    assert [type(outcome) for outcome in heard.outcomes] == [InDoubt]
    assert press.pressed == 1


async def test_what_certainly_did_not_happen_is_tried_again(db: Database, clock: TurnedClock) -> None:
    press = Press(NotSent("refused"), Carried())
    assert (await sealed(db, clock, press)).outcomes == [Carried()]
    assert press.pressed == 2


async def test_a_night_without_a_line_costs_nothing(db: Database, clock: TurnedClock) -> None:
    """Surely nothing was done: however often it was tried, it leaves in the morning."""
    press = Press(*(NotSent("not.sent") for _ in range(60)), Carried())
    delivery = Delivery(db, clock, {ApplySeal: press})
    await db.write(lambda tx: outbox.put(tx, "town", [("seal", ApplySeal("case", "paper"))], now=clock.now()))
    for _ in range(61):
        await delivery.drain()
        clock.forward(timedelta(minutes=11))
    assert press.heard.outcomes == [Carried()]


async def test_what_cannot_leave_for_days_is_given_up(db: Database, clock: TurnedClock) -> None:
    press = Press(*(NotSent("not.sent") for _ in range(5)))
    delivery = Delivery(db, clock, {ApplySeal: press})
    await db.write(lambda tx: outbox.put(tx, "town", [("seal", ApplySeal("case", "paper"))], now=clock.now()))
    for _ in range(5):
        await delivery.drain()
        clock.forward(timedelta(hours=20))
    assert press.heard.outcomes == [Failed("not.sent")]


async def test_what_cannot_be_done_after_many_tries_is_reported_as_failed(db: Database, clock: TurnedClock) -> None:
    press = Press(*(Later(timedelta(0), "busy") for _ in range(outbox.MOST_TRIES)))
    assert (await sealed(db, clock, press)).outcomes == [Failed("busy")]
    assert press.pressed == outbox.MOST_TRIES


async def test_what_left_before_the_end_of_a_process_is_in_doubt_where_its_outcome_is_wanted(
    sqlite_db: Database, clock: TurnedClock, tmp_path: Path
) -> None:
    db, sent = sqlite_db, Sent(tmp_path / "sent")
    await db.write(lambda tx: outbox.put(tx, "town", [("seal", ApplySeal("case", "paper"))], now=clock.now()))
    (parcel,) = await db.write(lambda tx: outbox.claim(tx, now=clock.now(), machine=clock.machine()))
    sent.note(parcel.id)  # the process dies here, its outcome unwritten
    press = Press(Carried())
    delivery = Delivery(db, clock, {ApplySeal: press}, sent)
    await delivery.take_over()
    await delivery.drain()
    assert press.heard.outcomes == [InDoubt("sender_died")]
    assert press.pressed == 0
    sent.close()


class Voice(Press):
    """Ends in the middle of a call, as often as it is told: a process that is killed there."""

    def __init__(self, sent: Sent, ends: int) -> None:
        super().__init__()
        self.sent = sent
        self.ends = ends

    async def carry(self, parcel: Parcel) -> Outcome:
        self.sent.begin()
        self.pressed += 1
        if self.pressed <= self.ends:
            raise asyncio.CancelledError
        return Carried()


@pytest.mark.parametrize(("ends", "seen"), [(0, 1), (1, 2), (2, 2)])
async def test_no_text_is_read_a_third_time(
    sqlite_db: Database, clock: TurnedClock, tmp_path: Path, ends: int, seen: int
) -> None:
    db, sent, said = sqlite_db, Sent(tmp_path / "sent"), Say(ToPerson("p"), "一")
    await db.write(lambda tx: outbox.put(tx, "town", [("said", said)], now=clock.now()))
    voice = Voice(sent, ends)
    for _ in range(4):
        delivery = Delivery(db, clock, {Say: voice}, sent)
        await delivery.take_over()
        await delivery.drain()
    assert voice.pressed == seen
    lost = await db.read(lambda tx: outbox.not_arrived(tx, since=clock.now()))
    assert [one.effect for one in lost] == ([said] if ends == seen else [])
    sent.close()
