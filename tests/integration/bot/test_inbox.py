"""What came in is stored once, answered once and in order, whoever dies in between."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.dialogue.turn import Mind
from bot.dingtalk import wire
from bot.incoming import inbox
from bot.models import conversations
from bot.models import inbox as rows
from tests.integration.bot.conftest import OpenHouse
from tests.integration.bot.house import House
from township import outbox as boxes
from township.models import outbox


async def test_a_message_that_comes_twice_is_stored_and_answered_once(house_on_both: House) -> None:
    house = house_on_both
    frame = house.frame("v-0101", "俺家门口路灯不亮了", message_id="once")
    await house.door.on_message(frame)
    await house.quiet()
    await house.door.on_message(frame)
    await house.quiet()
    assert len(house.heard("v-0101")) == 1
    assert len(await house.cases_of("v-0101")) == 1
    assert await house.inbox_states() == ["done"]


async def test_the_same_message_ten_times_at_once_is_one(house_on_both: House) -> None:
    house = house_on_both
    frame = house.frame("v-0101", "俺家门口路灯不亮了", message_id="once")
    await asyncio.gather(*(house.door.on_message(frame) for _ in range(10)))
    await house.quiet()
    assert len(house.heard("v-0101")) == 1
    assert len(await house.rows(conversations)) == 1


async def test_messages_of_one_person_are_answered_in_the_order_they_came(house_on_both: House) -> None:
    house = house_on_both
    spoken = ["路灯坏了", "我的事办到哪了", "垃圾好几天没人收了", "你能干啥"]
    for text in spoken:
        await house.door.on_message(house.frame("v-0102", text))
        house.clock.forward(timedelta(milliseconds=1))
    await house.quiet()
    lamp, status, rubbish, menu = house.heard("v-0102")
    assert "路灯的事记下了" in lamp
    assert status.startswith("柳树 1 号")
    assert "垃圾的事记下了" in rubbish
    assert menu.startswith("我能帮您")


async def test_a_conversation_is_leased_by_who_accepts_and_given_back_when_answered(house_on_both: House) -> None:
    house = house_on_both
    now, machine = house.clock.now(), house.clock.machine()
    incoming = wire.to_incoming(house.frame("v-0101", "在吗").data, "main", received_at=now)

    def accept(owner: str, key: str) -> Any:
        message = replace(incoming, message_id=key)
        return house.db.write(lambda tx: inbox.accept(tx, message, now=now, machine=machine, owner=owner))

    first, second = await accept("one", "m1"), await accept("two", "m2")
    assert (first.fresh, first.mine) == (True, True)
    assert (second.fresh, second.mine) == (True, False)
    (held,) = await house.rows(conversations)
    assert held["lease_owner"] == "one"
    waiting = await house.db.read(lambda tx: inbox.waiting(tx, held["id"]))
    assert [one.incoming.message_id for one in waiting] == ["m1", "m2"]
    assert await house.db.write(lambda tx: inbox.finish(tx, waiting[0], held["id"], now=now))
    assert not await house.db.write(lambda tx: inbox.finish(tx, waiting[1], held["id"], now=now))
    (held,) = await house.rows(conversations)
    assert held["lease_owner"] is None


async def test_what_a_dead_process_held_is_taken_up_when_its_lease_lapses(open_house: OpenHouse) -> None:
    dead = await open_house(started=False)
    await dead.door.on_message(dead.frame("v-0101", "俺家门口路灯不亮了"))
    living = await open_house()
    if living.db.dialect == "postgresql":  # another process may live: its lease must lapse first
        await living.workers.sweep()
        await living.quiet()
        assert living.heard("v-0101") == []
        living.clock.forward(inbox.LEASE + timedelta(seconds=1))
        await living.workers.sweep()
    await living.quiet()
    assert "路灯的事记下了" in living.heard("v-0101")[0]
    assert await living.inbox_states() == ["done"]


async def test_an_orderly_end_finishes_the_message_in_hand_and_hands_on_the_rest(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a lease: what is written has left, and what was not begun is free at once."""
    think, thinks, goes_on = Mind.think, asyncio.Event(), asyncio.Event()

    async def slow(self: Mind, heard: Any) -> Any:
        thinks.set()
        await goes_on.wait()
        return await think(self, heard)

    ending, living = await open_house(), await open_house()
    monkeypatch.setattr(Mind, "think", slow)
    await ending.door.on_message(ending.frame("v-0101", "俺家门口路灯不亮了"))
    await ending.door.on_message(ending.frame("v-0101", "你能干啥"))
    await thinks.wait()
    stopping = asyncio.create_task(ending.workers.stop())
    await asyncio.sleep(0)
    goes_on.set()
    await stopping
    await ending.delivery.idle()
    (lamp,) = ending.heard("v-0101")
    assert "路灯的事记下了" in lamp
    (held,) = await ending.rows(conversations)
    assert held["lease_owner"] is None
    await living.workers.sweep()
    await living.quiet()
    (menu,) = living.heard("v-0101")
    assert menu.startswith("我能帮您")


async def test_the_oldest_unanswered_conversation_is_taken_up_first(open_house: OpenHouse) -> None:
    dead = await open_house(started=False)
    for person in ("v-0103", "v-0101", "v-0102"):
        await dead.door.on_message(dead.frame(person, "在吗"))
        dead.clock.forward(timedelta(seconds=1))
    dead.clock.forward(inbox.LEASE)
    taken = await dead.db.write(lambda tx: inbox.take_up(tx, machine=dead.clock.machine(), owner="me"))
    whose = {row["id"]: row["staff_id"] for row in await dead.rows(conversations)}
    assert [whose[one] for one in taken] == ["v-0103", "v-0101", "v-0102"]


async def test_a_living_process_renews_what_it_works_on(open_house: OpenHouse) -> None:
    house = await open_house(started=False)
    await house.door.on_message(house.frame("v-0101", "在吗"))
    (before,) = await house.rows(conversations)
    house.clock.forward(timedelta(seconds=5))
    await house.workers.sweep()
    (after,) = await house.rows(conversations)
    assert after["lease_until"] == before["lease_until"] + timedelta(seconds=5)


async def test_a_reply_is_stored_with_the_answer_of_its_turn_and_sent_at_once(house_on_both: House) -> None:
    house = house_on_both
    await house.reply("v-0101", "俺家门口路灯不亮了")
    (row,) = await house.rows(outbox, outbox.c.key.like("%:reply"))
    assert (row["state"], row["tries"], row["receipt"]) == ("done", 1, {"road": "webhook"})


async def test_a_reply_whose_sender_died_is_sent_by_another_when_its_lease_lapses(open_house: OpenHouse) -> None:
    dead = await open_house()
    dead.delivery.hand = lambda parcels: None  # type: ignore[method-assign]
    await dead.says("v-0101", "在吗")
    assert dead.heard("v-0101") == []
    living = await open_house()
    living.clock.forward(boxes.LEASE + timedelta(seconds=1))
    await living.quiet()
    assert len(living.heard("v-0101")) == 1


async def test_a_turn_that_fails_three_times_says_so_and_the_next_message_is_answered(
    house_on_both: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house, think, tries = house_on_both, Mind.think, []

    async def broken(self: Mind, heard: Any) -> Any:
        if "路灯" in heard.incoming.text:
            tries.append(heard.id)
            raise RuntimeError("a bug")
        return await think(self, heard)

    monkeypatch.setattr(Mind, "think", broken)
    await house.door.on_message(house.frame("v-0101", "俺家门口路灯不亮了"))
    await house.door.on_message(house.frame("v-0101", "你能干啥"))
    await house.quiet()
    assert len(tries) == inbox.MOST_TRIES
    sorry, menu = house.heard("v-0101")
    assert "533-1234" in sorry
    assert menu.startswith("我能帮您")
    assert await house.inbox_states() == ["failed", "done"]
    assert "路灯" not in caplog.text, "what people say never stands in a log"


async def test_two_processes_on_one_database_answer_each_message_once(open_house: OpenHouse) -> None:
    one, two = await open_house(), await open_house()
    frames = [one.frame(f"v-010{n % 4 + 1}", "路灯坏了", message_id=f"m{n}") for n in range(12)]
    await asyncio.gather(*((one, two)[n % 2].door.on_message(frame) for n, frame in enumerate(frames)))
    for house in (one, two, one, two):
        await house.workers.sweep()
        await house.quiet()
    assert await one.inbox_states() == ["done"] * 12
    said = [words for house in (one, two) for n in range(1, 5) for words in house.heard(f"v-010{n}")]
    assert len(said) == 12
    assert len(await one.rows(rows)) == 12


async def test_a_stranger_who_has_joined_is_known_at_the_next_word(house_on_both: House) -> None:
    """The conversation is the same; it began before anybody could tell who speaks."""
    house = house_on_both
    await house.says("v-0101", "俺家门口路灯不亮了", outsider=True)
    assert await house.cases_of("v-0101") == []
    assert "记下了" in await house.reply("v-0101", "俺家门口路灯不亮了")
    assert len(await house.cases_of("v-0101")) == 1
    assert len(await house.rows(conversations)) == 1
