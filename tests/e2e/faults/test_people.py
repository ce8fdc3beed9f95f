"""Faults of what a frame says: who it is from, that its words are missing, and what happens in the organisation."""

import pytest

from bot.models import events, inbox
from tests.e2e.faults.storm import FILED, QUESTION, Storm
from tests.integration.bot.dingtalk.phone import until
from township import directory
from township.directory import Role
from township.models import audit_entries

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_somebody_from_outside_is_answered_from_the_documents_and_nothing_is_opened(town: Storm) -> None:
    await town.fault("outsider", sender="v-0101")
    known = await town.cases_of("v-0101")
    await town.asks("v-0101")
    await town.phone.say("v-0101", "我家的路灯坏了")
    await until(lambda: replies(town, "v-0101", 2))
    await town.settles()
    assert await town.heard("v-0101", FILED) == 0
    assert await town.cases_of("v-0101") == known
    await town.clear()
    await town.is_filed(await town.reports("v-0101"))


async def replies(town: Storm, person: str, count: int) -> bool:
    return len(await town.phone.seen(person)) >= count


async def test_a_robot_that_is_not_published_answers_what_anybody_may_know(town: Storm) -> None:
    await town.fault("unpublished")
    await town.asks("v-0102")
    await town.clear()
    await town.is_filed(await town.reports("v-0102"))


async def test_what_the_robot_is_not_given_is_passed_over_like_a_sticker_and_the_next_word_answered(
    town: Storm,
) -> None:
    await town.fault("unknown_type", times=1, sender="v-0103")
    await town.phone.say("v-0103", QUESTION)
    await town.settles()
    assert await town.phone.seen("v-0103") == []
    await town.asks("v-0103")


@pytest.mark.parametrize(("field", "person"), [("errMsg", "v-0201"), ("errorMessage", "v-0202")])
async def test_words_kept_back_by_the_quota_are_answered_once_a_day_with_a_number_to_ring(
    town: Storm, field: str, person: str
) -> None:
    await town.fault("quota_exhausted", pool="push", field=field)
    for _ in range(3):
        await town.phone.say(person, "俺家停水了")
    await until(lambda: replies(town, person, 1))
    await town.settles()
    (told,) = await town.phone.seen(person)
    assert "110" in told
    assert "次数用完" in told
    assert {row["state"] for row in await town.town.rows(inbox)} == {"done"}
    await town.clear()
    await town.asks(person)


async def test_with_both_pools_spent_the_word_waits_and_comes_once_there_is_room(town: Storm) -> None:
    await town.fault("quota_exhausted")
    await town.phone.say("v-0301", "俺家停水了")
    await until(lambda: both_struck(town))
    assert await town.phone.seen("v-0301") == []
    await town.clear()
    await town.passes(601)
    await until(lambda: replies(town, "v-0301", 1))
    await town.settles()
    assert len(await town.phone.seen("v-0301")) == 1


async def both_struck(town: Storm) -> bool:
    return next(one["struck"] for one in await town.phone.get("faults")) >= 2


# --- what happens in the organisation


async def happens(town: Storm, kind: str, staff_id: str, about: dict | None = None) -> None:
    await town.phone.post("event", type=kind, data={"userId": [staff_id]}, member=about or {})


async def applied(town: Storm, count: int) -> None:
    """Wait until so many events were closed in all."""

    async def are_closed() -> bool:
        return len(await town.town.rows(events, events.c.state != "new")) >= count

    await until(are_closed)


async def member(town: Storm, staff_id: str) -> directory.Person | None:
    return await town.town.app.db.read(lambda tx: directory.by_staff_id(tx, "main", staff_id))


async def roles(town: Storm, person_id: str) -> set[tuple[Role, str | None]]:
    now = town.town.app.clock.now()
    held = await town.town.app.db.read(lambda tx: directory.roles_of(tx, person_id, now))
    return {(grant.role, grant.village_id) for grant in held}


async def test_an_event_that_comes_twice_or_is_not_acknowledged_changes_once(town: Storm) -> None:
    before = len(await town.town.rows(events))
    await town.fault("duplicate", times=1, kind="event")
    await town.fault("drop_ack", times=1, kind="event")
    await happens(town, "user_add_org", "v-0901", {"name": "新来", "village": "liushu", "mobile": "13800000291"})
    await town.struck("drop_ack")
    await town.passes(11)
    await applied(town, before + 1)
    await town.settles()
    assert len(await town.town.rows(events)) == before + 1
    person = await member(town, "v-0901")
    assert person is not None
    assert len(await town.town.rows(audit_entries, audit_entries.c.person_id == person.id)) == 1
    await town.asks("v-0901")


async def test_a_leave_that_is_overtaken_by_the_return_takes_nothing_away(town: Storm) -> None:
    """The platform tells in the wrong order that somebody left and came back: who is a member stays one."""
    before = len(await town.town.rows(events))
    await town.fault("reorder", times=1, kind="event")
    await happens(town, "user_leave_org", "c-0303")
    back = {"name": "彭飞", "village": "shiqiao", "roles": ["grid_worker"], "mobile": "13800000303"}
    await happens(town, "user_add_org", "c-0303", back)
    await applied(town, before + 2)
    assert [row["kind"] for row in await in_order(town, before)] == ["user_add_org", "user_leave_org"]
    person = await member(town, "c-0303")
    assert person is not None
    assert await roles(town, person.id) == {(Role.GRID_WORKER, "shiqiao")}


async def in_order(town: Storm, since: int) -> list:
    rows = await town.town.rows(events)
    return sorted(rows, key=lambda row: (row["received_at"], row["id"]))[since:]


async def test_changes_told_in_the_wrong_order_end_in_what_is_true_now(town: Storm) -> None:
    before = len(await town.town.rows(events))
    await town.fault("reorder", times=1, kind="event")
    await happens(town, "user_modify_org", "c-0403", {"village": "nanling", "roles": ["grid_worker"]})
    await happens(town, "user_modify_org", "c-0403", {"village": "dongpo", "roles": ["village_clerk"]})
    await applied(town, before + 2)
    assert await roles(town, "c-0403") == {(Role.VILLAGE_CLERK, "dongpo")}


async def test_the_directory_is_asked_again_when_it_answers_with_nonsense(town: Storm) -> None:
    before = len(await town.town.rows(events))
    await town.fault("html", times=1, path="/topapi/v2/user/get")
    await town.fault("token_expired", times=1, path="/topapi/v2/user/get")
    await happens(town, "user_modify_org", "c-0503", {"village": "hewan", "roles": ["grid_worker"]})
    await applied(town, before + 1)
    assert await roles(town, "c-0503") == {(Role.GRID_WORKER, "hewan")}
