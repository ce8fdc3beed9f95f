from datetime import UTC, datetime, timedelta
from pathlib import Path

from township import outbox
from township.clock import TurnedClock
from township.db import Database, Tx
from township.effects import ApplySeal, Effect, Say, ShowCard, ToPerson
from township.outbox import LEASE, Parcel

TOWN = "t1"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def put(db: Database, clock: TurnedClock, *effects: tuple[str, Effect]) -> None:
    await db.write(lambda tx: outbox.put(tx, TOWN, effects, now=clock.now()))


async def claim(db: Database, clock: TurnedClock) -> list[Parcel]:
    return await db.write(lambda tx: outbox.claim(tx, now=clock.now(), machine=clock.machine()))


async def test_the_same_effect_asked_for_twice_leaves_once(db: Database, clock: TurnedClock) -> None:
    await put(db, clock, ("k", Say(ToPerson("p"), "一")), ("k", Say(ToPerson("p"), "一")))
    assert len(await claim(db, clock)) == 1
    assert await claim(db, clock) == []


async def test_order_is_kept_for_one_person_and_others_do_not_wait(db: Database, clock: TurnedClock) -> None:
    await put(
        db, clock, ("1", Say(ToPerson("p"), "一")), ("2", Say(ToPerson("p"), "二")), ("3", Say(ToPerson("q"), "三"))
    )
    first = await claim(db, clock)
    assert [parcel.effect.text for parcel in first if isinstance(parcel.effect, Say)] == ["一", "三"]
    await db.write(lambda tx: outbox.done(tx, [parcel.id for parcel in first], now=clock.now()))
    assert [parcel.effect.text for parcel in await claim(db, clock) if isinstance(parcel.effect, Say)] == ["二"]


async def test_a_card_waits_for_no_other_card(db: Database, clock: TurnedClock) -> None:
    await put(db, clock, *((str(n), ShowCard(ToPerson("p"), f"t{n}", "c")) for n in range(3)))
    assert len(await claim(db, clock)) == 3


def test_what_has_left_is_never_read_to_find_what_is_due(tmp_path: Path) -> None:
    """Else each look would take longer with each message of all the years."""
    db, asked = Database(f"sqlite:///{tmp_path / 'town.db'}"), list[str]()

    def look(tx: Tx) -> list[str]:
        driver = tx.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(asked.append)
        outbox.in_doubt(tx, machine=AT)
        outbox.claim(tx, now=AT, machine=AT)
        driver.set_trace_callback(None)
        looks = [text for text in asked if text.startswith("SELECT outbox.id")]
        assert len(looks) == 2
        return [row[3] for text in looks for row in driver.execute(f"EXPLAIN QUERY PLAN {text}")]

    try:
        db.create_all()
        steps = [step for step in db.write_now(look) if "outbox" in step]
    finally:
        db.close_now()
    assert steps
    assert all("ix_outbox" in step or "(id=?)" in step for step in steps), steps


async def test_what_is_urgent_waits_for_nobody(db: Database, clock: TurnedClock) -> None:
    await put(db, clock, ("1", Say(ToPerson("p"), "一")), ("2", Say(ToPerson("p"), "急", urgent=True)))
    assert [parcel.effect.text for parcel in await claim(db, clock) if isinstance(parcel.effect, Say)] == ["急", "一"]


async def test_text_of_a_killed_sender_is_sent_again_after_its_lease(db: Database, clock: TurnedClock) -> None:
    await put(db, clock, ("1", Say(ToPerson("p"), "一")))
    await claim(db, clock)
    clock.forward(LEASE / 2)
    assert await claim(db, clock) == []
    clock.forward(LEASE)
    (again,) = await claim(db, clock)
    assert again.tries == 2


async def test_a_seal_of_a_killed_sender_is_in_doubt_and_never_tried_again(db: Database, clock: TurnedClock) -> None:
    await put(db, clock, ("1", ApplySeal("c", "paper")))
    await claim(db, clock)
    assert await in_doubt(db, clock) == []
    clock.forward(LEASE * 2)
    assert await claim(db, clock) == []
    (parcel,) = await in_doubt(db, clock)
    assert parcel.effect == ApplySeal("c", "paper")
    assert await in_doubt(db, clock) == []
    assert await claim(db, clock) == []


async def in_doubt(db: Database, clock: TurnedClock) -> list[Parcel]:
    return await db.write(lambda tx: outbox.in_doubt(tx, machine=clock.machine()))


async def test_a_postponed_notice_lets_later_ones_pass(db: Database, clock: TurnedClock) -> None:
    await put(db, clock, ("1", Say(ToPerson("p"), "一")))
    (parcel,) = await claim(db, clock)
    await db.write(lambda tx: outbox.postpone(tx, parcel.id, not_before=clock.now() + timedelta(hours=12)))
    await put(db, clock, ("2", Say(ToPerson("p"), "二")))
    assert [p.effect.text for p in await claim(db, clock) if isinstance(p.effect, Say)] == ["二"]
    clock.forward(timedelta(hours=13))
    assert "一" in [p.effect.text for p in await claim(db, clock) if isinstance(p.effect, Say)]


async def test_what_fails_too_often_stays_for_a_person_to_see(db: Database, clock: TurnedClock) -> None:
    await put(db, clock, ("1", Say(ToPerson("p"), "一")))
    for _ in range(outbox.MOST_TRIES):
        (parcel,) = await claim(db, clock)
        at = clock.machine() + timedelta(seconds=1)
        await db.write(lambda tx, row=parcel.id, at=at: outbox.later(tx, row, retry_at=at, why="timeout"))
        clock.forward(timedelta(seconds=2))
    assert await claim(db, clock) == []


async def test_a_reply_belongs_to_who_wrote_it(db: Database, clock: TurnedClock) -> None:
    effects = [("1", Say(ToPerson("p"), "一"))]
    leased = await db.write(lambda tx: outbox.put(tx, TOWN, effects, now=clock.now(), lease_from=clock.machine()))
    assert [parcel.target for parcel in leased] == ["person:p"]
    assert await claim(db, clock) == []
    clock.forward(LEASE * 2)
    assert len(await claim(db, clock)) == 1
