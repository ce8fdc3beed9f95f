from datetime import timedelta

from township import outbox
from township.clock import TurnedClock
from township.db import Database
from township.effects import ApplySeal, Effect, Say, ToPerson
from township.outbox import LEASE, Parcel

TOWN = "t1"


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
