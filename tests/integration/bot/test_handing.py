"""Work passed on to somebody without an account: asked for in chat, opened on any telephone, answered once."""

import re
from collections.abc import AsyncIterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from bot.dialogue.meaning import services
from bot.web.app import build
from bot.web.console import dossier
from bot.web.console.session import Visitor
from bot.web.doors import Deps, Login
from bot.web.h5 import gate
from skills import registry
from tests.integration.bot.house import KEY, TOWN, House
from township import directory
from township.clock import TurnedClock
from township.db import Database, Tx
from township.filestore import FileStore
from township.models import audit_entries, person_values
from workflows import history
from workflows.handovers.models import handovers
from workflows.models import cases
from workflows.rosters.models import roster_rows
from workflows.rounds import opening

PUBLIC = "https://dinglin.example.gov.cn"
GRID, HEAD = "c-0103", "c-0102"
LINK = re.compile(rf"{PUBLIC}(/w/[0-9A-Z]+)")
REFUSE = """
name: 门前清运
summary: 每周三来车，外面的师傅办
owner: 村建办
for: [cadre]
paper: 清运登记表
examples: [清运车来了吗, 今天来不来拉垃圾]
form:
  day: {kind: date, name: 哪一天}
  keeper: {kind: phone, name: 看门人电话, optional: true}
workflow:
  start: trip
  number: skill
  prefix: 清
  rounds: {every: 每周三 08:00, holidays: after}
  stages:
    trip:
      title: 这一趟
      who: grid_worker of village or village_clerk of village
      listed: true
      within: 6 days
      by_link: {actions: [collected, cannot], shows: [day], within: 2 days}
      actions:
        collected: {title: 拉走了, to: closed, result: done}
        cannot: {title: 去不了, to: again, needs: {why: {kind: text, name: 为什么}}}
        half: {title: 拉了一半, needs: {why: {kind: text, name: 说明, optional: true}}}
      late: [{at: 100%, do: act, action: collected}]
    again:
      title: 补一趟
      who: village_head of village
      within: 4 working hours
      actions:
        made_up: {title: 补上了, to: closed, result: done}
texts: {}
"""


async def _staff_of(code: str) -> str:
    return code


async def opened(house: House) -> House:
    """Publish the service, and let its round begin."""
    loaded = registry.load_files("front_refuse", {"skill.yaml": REFUSE})
    assert loaded.skill is not None, loaded.problems
    now = house.clock.now()
    await house.db.write(partial(registry.install, town_id=TOWN, skill=loaded.skill, by=None, now=now))
    await house.db.write(partial(opening.plan, now=now))
    await house.later(days=2)
    while await house.db.write(partial(opening.sweep, now=house.clock.now())):
        continue
    await house.later(minutes=11)
    return house


@pytest.fixture
async def public(
    sqlite_town: Database, clock: TurnedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(services, "ASKED_AGAIN", 0.0)
    house = await House(sqlite_town, clock, tmp_path, public_url=PUBLIC).start()
    yield await opened(house)
    await house.stop()


@pytest.fixture
async def phone(public: House, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    login = Login("main", "dinglin-sandbox", "http://127.0.0.1:9700/oauth2/auth", _staff_of)
    deps = Deps(public.db, public.clock, KEY, login, FileStore(tmp_path), PUBLIC)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build(deps)), base_url=PUBLIC) as client:
        yield client


async def address(house: House, said: str = "1 链接 张师傅") -> str:
    reply = await house.reply(GRID, said)
    found = LINK.search(reply)
    assert found is not None, reply
    return found[1]


def photo() -> tuple[str, tuple[str, bytes, str]]:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "green").save(drawn, "JPEG")
    return "outside_photos", ("a.jpg", drawn.getvalue(), "image/jpeg")


async def case(house: House) -> dict[str, Any]:
    (row,) = await house.rows(cases, cases.c.village_id == "liushu", cases.c.skill == "front_refuse")
    return dict(row)


async def events(house: House) -> list[history.CaseEvent]:
    row = await case(house)
    return await house.db.read(lambda tx: history.events(tx, row["id"]))


async def test_it_shows_what_is_needed_and_nothing_else(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    assert len(link) == len("/w/") + 16, "short enough for a text message"
    page = (await phone.get(link)).text
    for shown in ("门前清运", "柳树村", "这一趟", "11月25日", "拉走了", "去不了"):
        assert shown in page
    for kept in ("李海", "张师傅", "拉了一半", "看门人"):
        assert kept not in page
    assert len(page.encode()) < 40_000


async def test_an_answer_stands_in_the_chain_as_of_who_did_it_outside(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    done = await phone.post(link, data={"action": "collected", "row_remark": "两车都拉走了"}, files=[photo()])
    assert done.status_code == 200
    assert "拉走了" in done.text
    row, chain = await case(public), await events(public)
    assert (row["stage"], row["result"]) == ("closed", "done")
    assert (chain[-1].via, chain[-1].by, chain[-1].action) == ("link", None, "collected")
    assert history.first_break(chain, row["head"]) is None
    said = {one["id"]: one["value"] for one in await public.rows(person_values)}
    values = {name: said[ref["ref"]] for name, ref in chain[-1].data["values"].items()}
    assert values["outside_doer"] == "张师傅"
    assert values["row_remark"] == "两车都拉走了"
    with Image.open(public.store.path(values["outside_photos"])) as kept:
        assert kept.size == (40, 30)
    await public.later(minutes=11)
    told = next(one for one in public.heard(GRID) if "张师傅回话了" in one)
    assert "说：两车都拉走了。拍了 1 张照片" in told
    assert "1 记错了" in told


async def test_the_page_of_the_case_names_who_did_it_and_shows_the_pictures(
    public: House, phone: httpx.AsyncClient
) -> None:
    await phone.post(await address(public), data={"action": "collected"}, files=[photo()])
    row = await case(public)

    def look(tx: Tx) -> dossier.Dossier:
        person = directory.person(tx, GRID)
        assert person is not None
        visitor = Visitor(person, directory.scope_of(tx, person, public.clock.now()), "")
        found = dossier.opened(tx, visitor, row["id"], public.clock.now())
        dossier.look_at_photo(tx, visitor, row["id"], found.steps[-1].photos[0], public.clock.now())
        return found

    step = (await public.db.write(look)).steps[-1]
    assert (step.who, step.title) == ("张师傅", "拉走了")


async def test_a_second_answer_changes_nothing_and_is_told_so(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    await phone.post(link, data={"action": "cannot", "row_remark": "车坏了"})
    before = await events(public)
    again = await phone.post(link, data={"action": "collected"})
    assert again.status_code == 200
    assert "已经收到过了" in again.text
    assert "去不了" in again.text
    assert await events(public) == before
    assert "已经收到过了" in (await phone.get(link)).text
    assert [one.stage for one in await public.tasks_of(HEAD)] == ["again"]


async def test_looking_uses_nothing_up(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    for _ in range(3):
        assert (await phone.get(link)).status_code == 200
    assert (await phone.post(link, data={"action": "collected"})).status_code == 200


async def test_what_is_missing_is_asked_for_on_the_same_page_and_the_address_stays(
    public: House, phone: httpx.AsyncClient
) -> None:
    link = await address(public)
    page = await phone.post(link, data={"action": "cannot"})
    assert page.status_code == 422
    assert "还要写上：为什么" in page.text
    assert (await phone.post(link, data={"action": "half"})).status_code == 422, "that is not left to an address"
    assert (await phone.post(link, data={})).status_code == 422
    assert (await phone.post(link, data={"action": "cannot", "row_remark": "路断了"})).status_code == 200
    assert (await events(public))[-1].data["values"].keys() == {"why", "outside_doer"}


async def test_what_is_no_picture_is_refused_in_words(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    wrong = [("outside_photos", ("a.jpg", b"MZ no picture", "image/jpeg"))]
    page = await phone.post(link, data={"action": "collected"}, files=wrong)
    assert page.status_code == 422
    assert (await case(public))["result"] == ""


async def test_it_lapses_and_cannot_be_made_up(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    made_up = f"{link[:-1]}{'2' if link[-1] != '2' else '3'}"
    assert (await phone.get(made_up)).status_code == 404
    assert (await phone.post(made_up, data={"action": "collected"})).status_code == 404
    await public.later(days=2, minutes=1)
    for late in (await phone.get(link), await phone.post(link, data={"action": "collected"})):
        assert late.status_code == 410
        assert "过期了" in late.text
    assert (await case(public))["result"] == ""


async def test_what_somebody_else_did_meanwhile_needs_no_answer(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    await public.reply(GRID, "1 拉走了")
    page = await phone.post(link, data={"action": "cannot", "row_remark": "车坏了"})
    assert page.status_code == 410
    assert "不用再办了" in page.text
    assert (await case(public))["result"] == "done"


async def test_a_newer_address_takes_the_place_of_the_older_and_one_can_be_taken_back(
    public: House, phone: httpx.AsyncClient
) -> None:
    first = await address(public)
    second = await address(public, "柳树村 1 给老赵发个链接")
    assert "不用这个地址了" in (await phone.get(first)).text
    assert "收回了 1 个链接" in await public.reply(GRID, "收回链接")
    assert (await phone.get(second)).status_code == 410
    assert "没有还打得开的链接" in await public.reply(GRID, "收回1的链接")
    assert [one["state"] for one in await public.rows(handovers)] == ["taken_back"] * 2
    assert len(await public.rows(audit_entries, audit_entries.c.what == "handover")) == 2


async def test_whoever_passed_it_on_answers_for_it_and_may_take_it_back(
    public: House, phone: httpx.AsyncClient
) -> None:
    link = await address(public)
    await public.reply(GRID, "单子")
    await phone.post(link, data={"action": "collected"})
    assert "改回来了，不算“拉走了”" in await public.reply(GRID, "1 记错了")
    assert (await case(public))["stage"] == "trip"
    assert (await phone.get(link)).status_code == 200
    assert "已经收到过了" in (await phone.get(link)).text


async def test_only_who_has_the_task_passes_it_on(public: House) -> None:
    assert not LINK.search(" ".join(await public.says(HEAD, "1 链接 张师傅")))
    assert not LINK.search(" ".join(await public.says("v-0101", "1 链接 张师傅")))
    assert await public.rows(handovers) == []


async def test_a_group_is_given_no_address(public: House) -> None:
    said = await public.says(GRID, "1 链接 张师傅", group="cidliushu=")
    assert not any(LINK.search(one) for one in said)
    assert await public.rows(handovers) == []


async def test_which_work_is_meant_is_asked(public: House) -> None:
    assert "给哪一件" in await public.reply(GRID, "9 链接 张师傅")


async def test_a_question_about_links_is_none_for_one(public: House) -> None:
    await public.says(GRID, "给村民发的链接打不开怎么办")
    await public.says(GRID, "医保缴费的链接发我一下")
    await public.says(GRID, "刚收到个链接，要填 4 位验证码")
    assert await public.rows(handovers) == []


async def test_a_number_of_the_list_is_the_same_for_the_sheet(public: House) -> None:
    (row,) = await public.rows(roster_rows, roster_rows.c.village_id == "liushu")
    assert row["number"] == 1


async def test_too_many_visits_are_asked_to_wait(
    public: House, phone: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "MOST", 3)
    link = await address(public)
    found = [(await phone.get(link)).status_code for _ in range(4)]
    assert found == [200, 200, 200, 429]
    assert (await phone.post(link, data={"action": "collected"})).status_code == 429
    assert (await case(public))["result"] == ""


async def test_without_a_public_address_it_says_what_else_there_is(
    sqlite_town: Database, clock: TurnedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "ASKED_AGAIN", 0.0)
    house = await opened(await House(sqlite_town, clock, tmp_path).start())
    said = await house.reply(GRID, "1 链接 张师傅")
    assert "打印一张" in said
    assert "打电话" in said
    assert await house.rows(handovers) == []
    await house.stop()
