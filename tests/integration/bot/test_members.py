"""The directory follows DingTalk's: who joins, changes village or role, or leaves, over the real wire."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.chores.members import Members
from bot.dingtalk.faults import NotSent
from bot.incoming.events import keep as keep_event
from bot.messages import DirectoryEvent
from bot.models import events
from tests.integration.bot.dingtalk.phone import until
from tests.integration.bot.living import Living, living
from township import directory
from township.db import Database
from township.directory import Role
from township.models import audit_entries, grants, groups, people
from workflows.models import case_events, cases, tasks

ACCOUNT = "main"


@pytest.fixture
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Living]:
    async with living(tmp_path) as opened:
        yield opened


async def event(town: Living, kind: str, about: dict[str, Any] | None = None, **data: Any) -> None:
    """Let something happen in the organisation, and wait until it was applied."""
    before = len(await town.rows(events, events.c.state != "new"))
    await town.phone.post("event", type=kind, data=data, member=about or {})

    async def is_applied() -> bool:
        return len(await town.rows(events, events.c.state != "new")) > before

    await until(is_applied)


async def who(town: Living, staff_id: str) -> directory.Person | None:
    return await town.app.db.read(lambda tx: directory.by_staff_id(tx, ACCOUNT, staff_id))


async def roles(town: Living, person_id: str) -> set[tuple[Role, str | None]]:
    now = town.app.clock.now()
    held = await town.app.db.read(lambda tx: directory.roles_of(tx, person_id, now))
    return {(grant.role, grant.village_id) for grant in held}


async def test_who_joins_is_known_with_village_and_role_and_is_served(town: Living) -> None:
    newcomer = {"name": "新来", "village": "taoyuan", "mobile": "13800000299", "roles": ["grid_worker"]}
    await event(town, "user_add_org", newcomer, userId=["v-0199"])
    person = await who(town, "v-0199")
    assert person is not None
    assert (person.name, person.village_id, person.is_cadre) == ("新来", "taoyuan", True)
    assert await roles(town, person.id) == {(Role.GRID_WORKER, "taoyuan")}
    (entry,) = await town.rows(audit_entries, audit_entries.c.person_id == person.id)
    assert (entry["act"], entry["why"], entry["actor_id"]) == ("changed", "user_add_org", None)
    await town.phone.say("v-0199", "我的待办")
    await until(lambda: _hears(town, "v-0199", "没有等着办的事"))


async def _hears(town: Living, person: str, part: str) -> bool:
    return any(part in text for text in await town.phone.seen(person))


async def test_a_new_village_and_role_take_the_place_of_the_old(town: Living) -> None:
    moved = {"village": "taoyuan", "roles": ["village_clerk"]}
    await event(town, "user_modify_org", moved, userId=["c-0103"])
    assert await roles(town, "c-0103") == {(Role.VILLAGE_CLERK, "taoyuan")}
    await event(town, "user_modify_org", userId=["c-0103"])
    assert await roles(town, "c-0103") == {(Role.VILLAGE_CLERK, "taoyuan")}
    assert len(await town.rows(audit_entries, audit_entries.c.person_id == "c-0103")) == 1, "the same again is nothing"


async def test_who_leaves_is_no_longer_reached_and_answers_for_nothing(town: Living) -> None:
    await event(town, "user_leave_org", userId=["c-0103"])
    assert await who(town, "c-0103") is None
    assert await roles(town, "c-0103") == set()
    (person,) = await town.rows(people, people.c.id == "c-0103")
    assert (person["name"], person["is_cadre"]) == ("李海", False), "the person stays, for the cases"


async def test_a_department_that_is_renamed_to_a_village_brings_its_people_there(town: Living) -> None:
    await town.phone.post("event", type="org_dept_create", data={"deptId": [107]}, department={"name": "新村"})
    newcomer = {"name": "新来", "dept_id": 107, "mobile": "13800000299"}
    await town.phone.post("event", type="user_add_org", data={"userId": ["v-0199"]}, member=newcomer)
    await until(lambda: who(town, "v-0199"))
    assert await _lives_in(town, "v-0199", ""), "no village of ours is called so"
    await town.phone.post("event", type="org_dept_modify", data={"deptId": [107]}, department={"name": "石桥村"})
    await town.phone.post("event", type="user_dept_change", data={"userId": ["v-0199"]})
    await until(lambda: _lives_in(town, "v-0199", "shiqiao"))


async def _lives_in(town: Living, staff_id: str, village_id: str) -> bool:
    person = await who(town, staff_id)
    return person is not None and (person.village_id or "") == village_id


async def reported(town: Living) -> str:
    """Let a lamp be reported in 柳树村, and see who has it."""
    await town.phone.say("v-0101", "门口路灯坏了")
    await until(lambda: holders(town))
    (case,) = await town.rows(cases)
    return str(case["id"])


async def holders(town: Living) -> list[str]:
    return sorted(str(row["person_id"]) for row in await town.rows(tasks, tasks.c.state == "open"))


async def holds(town: Living, *people: str) -> bool:
    return await holders(town) == sorted(people)


async def test_tasks_of_a_clerk_who_leaves_go_to_the_next_of_the_service(town: Living) -> None:
    case_id = await reported(town)
    assert await holders(town) == ["c-0101"]
    await event(town, "user_leave_org", userId=["c-0101"])
    assert await holders(town) == ["c-0102"], "the village head, whom the service names after the clerk"
    await until(lambda: town.phone.cards("c-0102"))
    moved = (await town.rows(case_events, case_events.c.case_id == case_id))[-1]
    assert (moved["kind"], moved["action"], moved["by_id"], moved["via"]) == ("left", "succeed", None, "directory")
    (card,) = await town.phone.cards("c-0102")
    tapped = await town.phone.post("tap", **{"as": "c-0102", "outTrackId": card["outTrackId"], "action": "accept"})
    assert tapped["ok"]
    (case,) = await town.rows(cases)
    assert (case["stage"], case["assignee_id"]) == ("handle", "c-0102")


async def test_tasks_go_to_the_deputy_where_there_is_one(town: Living) -> None:
    deputy = {
        "id": "g-deputy", "town_id": "shilizhen", "person_id": "c-0103", "role": "village_clerk",
        "village_id": "liushu", "stands_in_for": "c-0101", "starts_at": town.app.clock.now() + timedelta(minutes=1),
    }  # fmt: skip
    await reported(town)
    await town.app.db.write(lambda tx: tx.execute(sa.insert(grants).values(**deputy)))
    await town.phone.post("clock", forward=120)
    await until(lambda: _is_later(town, deputy["starts_at"]))
    await event(town, "user_leave_org", userId=["c-0101"])
    assert await holders(town) == ["c-0103"]


async def _is_later(town: Living, moment: Any) -> bool:
    return bool(town.app.clock.now() > moment)


async def test_who_had_taken_a_case_leaves_it_to_the_office(town: Living) -> None:
    await reported(town)
    await until(lambda: town.phone.cards("c-0101"))
    (card,) = await town.phone.cards("c-0101")
    await town.phone.post("tap", **{"as": "c-0101", "outTrackId": card["outTrackId"], "action": "accept"})
    await event(town, "user_leave_org", userId=["c-0102"])
    await event(town, "user_leave_org", userId=["c-0101"])
    assert await holders(town) == ["c-0001"], "no clerk is left in the village: the town's office"
    (case,) = await town.rows(cases)
    assert case["assignee_id"] is None


async def test_who_leaves_is_called_to_no_emergency(town: Living) -> None:
    await event(town, "user_leave_org", userId=["c-0103"])
    now = town.app.clock.now()
    called = await town.app.db.read(lambda tx: directory.on_duty(tx, "shilizhen", now, "liushu"))
    assert "c-0103" not in {one.person.id for one in called}
    assert called, "the town's duty remains"


async def test_an_event_that_comes_twice_is_applied_once(town: Living) -> None:
    for _ in range(2):
        await town.phone.post("event", type="user_leave_org", eventId="e1", data={"userId": ["c-0103"]})
    await event(town, "user_leave_org", userId=["c-0101"])
    assert len(await town.rows(events)) == 2
    assert len(await town.rows(audit_entries, audit_entries.c.person_id == "c-0103")) == 1


async def test_a_group_takes_its_new_title_and_is_forgotten_when_disbanded(town: Living) -> None:
    await event(town, "chat_update_title", openConversationId="cidliushu=", title="柳树一家亲")
    (group,) = await town.rows(groups, groups.c.open_id == "cidliushu=")
    assert group["title"] == "柳树一家亲"
    await event(town, "chat_disband", openConversationId="cidliushu=")
    assert await town.rows(groups, groups.c.open_id == "cidliushu=") == []


async def test_an_event_about_nobody_we_know_is_closed(town: Living) -> None:
    await event(town, "user_modify_org", userId=["nobody"])
    await event(town, "user_leave_org", userId=["nobody"])
    await event(town, "robot_msg_read", userId=["v-0101"])
    assert {row["state"] for row in await town.rows(events)} == {"done"}


class Silent:
    """A platform that does not answer."""

    async def get_user(self, staff_id: str) -> Any:
        raise NotSent("timeout", staff_id)


async def test_while_the_platform_is_silent_events_wait_in_their_order(town_db: Database, clock: Any) -> None:
    silent: Any = {ACCOUNT: Silent()}
    waiting = [("e1", "user_modify_org"), ("e2", "user_leave_org")]
    for event_id, kind in waiting:
        told = DirectoryEvent(event_id, kind, ACCOUNT, {"userId": ["c-0103"]}, clock.now())
        await town_db.write(lambda tx, told=told: keep_event(tx, told, clock.now()))  # type: ignore[misc]
    sync = Members(town_db, clock, silent)
    assert await sync.apply() == 0
    assert await town_db.read(lambda tx: directory.by_staff_id(tx, ACCOUNT, "c-0103")) is not None
    clock.forward(timedelta(days=1, minutes=1))
    assert await sync.apply() == 2, "after a day the one that cannot be asked is given up, and the next applied"
    assert await town_db.read(lambda tx: directory.by_staff_id(tx, ACCOUNT, "c-0103")) is None
