"""A long form on a page: offered where there is a public address, filled at one go, gone on with in the chat."""

import base64
import re
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from bot.dialogue.meaning import services
from bot.web.app import build
from bot.web.doors import Deps, Login
from skills import registry
from tests.integration.bot.house import KEY, TOWN, House
from tests.integration.bot.test_forms_in_talk import neighbours
from township.clock import TurnedClock
from township.db import Database
from township.filestore import FileStore
from township.models import person_values
from workflows.models import cases

PUBLIC = "https://dinglin.example.gov.cn"
VILLAGER = "v-0101"
LINK = re.compile(rf"{PUBLIC}(/h5/t/[0-9a-zA-Z]+)")
LOAN = """
name: 借农机
summary: 借村里的农机
owner: 农业站
for: [resident]
risk: B
paper: 借用登记表
examples: [借农机, 借旋耕机, 借播种机]
consent: why
form:
  kind: {kind: choice, name: 借什么, ask: ask_kind, options: {till: {name: 旋耕机}, sow: {name: 播种机}}}
  day: {kind: date, name: 哪天用, ask: ask_day}
  acres: {kind: number, name: 几亩地, unit: [亩], ask: ask_acres, least: 1, most: 500}
  id_number: {kind: id_number, name: 身份证号, ask: ask_id, sensitive: true, retention: year}
  pictures: {kind: photos, name: 地头照片, ask: ask_pictures, optional: true}
  plots:
    {kind: rows, name: 地块, ask: ask_plots, rows: {where: {kind: text, name: 在哪}, size: {kind: number, name: 亩}}}
  signed: {kind: signature, name: 签名, ask: ask_signed}
workflow:
  start: check
  number: skill
  prefix: 机
  tell: [{text: filed}]
  stages:
    check:
      title: 等农业站看
      who: town_clerk of town
      actions:
        fine: {title: 可以借, to: closed}
texts:
  why: 身份证号只给管机器的人看，机器还回来一年后删掉。
  ask_kind: 借哪一样？
  ask_day: 哪天用？
  ask_acres: 几亩地？
  ask_id: 身份证号多少？
  ask_pictures: 地头照片有吗？
  ask_plots: 都是哪几块地？
  ask_signed: 请签个名。
  filed: "{number} 约好了：{day}，{acres}。"
"""
ID = "11010519491231002X"


async def _staff_of(code: str) -> str:
    return code


def change(house: House, sheet: str) -> None:
    loaded = registry.load_files("loan", {"skill.yaml": sheet})
    assert loaded.skill is not None, loaded.problems
    house.db.write_now(lambda tx: registry.install(tx, TOWN, loaded.skill, by=None, now=house.clock.now()))


@pytest.fixture
async def public(sqlite_town: Database, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[House]:
    house = await House(sqlite_town, clock, tmp_path, public_url=PUBLIC).start()
    change(house, LOAN)
    yield house
    await house.stop()


@pytest.fixture
async def phone(public: House, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    login = Login("main", "dinglin-sandbox", "http://127.0.0.1:9700/oauth2/auth", _staff_of)
    deps = Deps(public.db, public.clock, KEY, login, FileStore(tmp_path), PUBLIC)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build(deps)), base_url=PUBLIC) as client:
        yield client


async def address(house: House, said: str = "想借旋耕机 下周二用") -> str:
    found = LINK.search(await house.reply(VILLAGER, said))
    assert found is not None
    return found[1]


def picture(kind: str = "JPEG") -> bytes:
    drawn = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a telephone"
    Image.new("RGB", (40, 30), "green").save(drawn, kind, exif=exif)
    return drawn.getvalue()


SIGNED = "data:image/png;base64," + base64.b64encode(picture("PNG")).decode()
FILLED = {
    "acres": "6",
    "id_number": ID,
    "plots.0.where": "村东",
    "plots.0.size": "4",
    "plots.3.where": "河边",
    "plots.3.size": "2",
    "signed.drawn": SIGNED,
}


async def test_what_was_said_is_not_asked_again_and_the_rest_is_filed_at_one_go(
    public: House, phone: httpx.AsyncClient
) -> None:
    link = await address(public)
    page = (await phone.get(link)).text
    assert "已经记下：12月1日（周二）" in page
    assert "身份证号只给管机器的人看" in page
    done = await phone.post(link, data=FILLED, files=[("pictures", ("a.jpg", picture(), "image/jpeg"))])
    assert done.status_code == 200
    assert "约好了：12月1日（周二），6 亩" in done.text
    await public.quiet()
    assert public.heard(VILLAGER)[-1] in done.text
    kept = {one["kind"]: one["value"] for one in await public.rows(person_values)}
    assert "村东" in kept["rows"]
    with Image.open(public.store.path(kept["photos"])) as shown, Image.open(public.store.path(kept["signature"])):
        assert not shown.getexif()


async def test_a_form_that_was_handed_in_is_not_there_a_second_time(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    assert (await phone.post(link, data=FILLED)).status_code == 200
    again = await phone.post(link, data=FILLED)
    assert again.status_code == 404
    assert "可能已经交过了" in again.text
    assert len(await public.rows(cases)) == 1


async def test_what_is_wrong_is_said_beside_it_and_the_rest_stays(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    page = await phone.post(link, data={**FILLED, "id_number": "123", "acres": "9000"})
    assert page.status_code == 422
    assert "身份证号好像不对" in page.text
    assert "最多 500" in page.text
    assert await public.rows(cases) == []
    mended = await phone.post(link, data={"id_number": ID, "acres": "9"})
    assert "约好了：12月1日（周二），9 亩" in mended.text


async def test_what_is_no_picture_is_refused_in_words(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    page = await phone.post(link, data=FILLED, files=[("pictures", ("a.jpg", b"MZ no picture", "image/jpeg"))])
    assert page.status_code == 422
    assert "打不开，换一张" in page.text


async def test_an_address_lapses_and_cannot_be_made_up(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    assert (await phone.get(f"{link[:-1]}{'2' if link[-1] != '2' else '3'}")).status_code == 404
    await public.later(hours=13)
    assert (await phone.get(link)).status_code == 404


async def test_the_secret_that_is_known_is_not_shown(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public)
    await public.says(VILLAGER, "6亩")
    await public.says(VILLAGER, ID)
    page = (await phone.get(link)).text
    assert ID not in page
    assert "已经跟小邻说过了" in page


async def test_why_a_secret_is_asked_is_said_before_it_is_asked(public: House) -> None:
    await address(public)
    assert "一年后删掉" in await public.reply(VILLAGER, "6亩")


async def test_a_group_is_given_no_address(public: House) -> None:
    said = await public.says(VILLAGER, "想借旋耕机 下周二用", group="cidliushu=")
    assert not any(LINK.search(one) for one in said)


async def test_who_is_meant_is_asked_in_the_chat_after_the_page(public: House, phone: httpx.AsyncClient) -> None:
    ask = "  helper: {kind: person, name: 谁帮忙, ask: ask_helper, neighbours: true}\nworkflow:"
    change(public, LOAN.replace("workflow:", ask, 1).replace("  ask_id:", "  ask_helper: 村里谁帮着开？\n  ask_id:"))
    neighbours(public, "宋小满")
    link = await address(public)
    page = await phone.post(link, data=FILLED)
    assert "村里谁帮着开" in page.text
    await public.quiet()
    assert "村里谁帮着开" in public.heard(VILLAGER)[-1]
    assert "约好了" in await public.reply(VILLAGER, "宋小满")


async def test_a_service_may_lose_the_question_that_was_just_asked(
    public: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "ASKED_AGAIN", 0.0)
    await address(public)
    line = "  acres: {kind: number, name: 几亩地, unit: [亩], ask: ask_acres, least: 1, most: 500}\n"
    change(public, LOAN.replace(line, "").replace("，{acres}", "").replace("  ask_acres: 几亩地？\n", ""))
    assert "身份证号多少" in await public.reply(VILLAGER, "6亩")


BOOKED = LOAN.replace("  stages:", "  slots: {day: {ahead: 30}}\n  stages:", 1)


async def test_the_address_of_the_page_ends_its_line(public: House) -> None:
    change(public, BOOKED)
    reply = await public.reply(VILLAGER, "想借旋耕机")
    (line,) = [line for line in reply.splitlines() if LINK.search(line)]
    assert LINK.sub("", line) == "也可以点开这一页，一次填完："
    assert "最近空着的" in reply


async def test_a_day_is_written_as_people_say_it_the_lunar_one_too(public: House, phone: httpx.AsyncClient) -> None:
    link = await address(public, "想借旋耕机")
    page = (await phone.get(link)).text
    assert 'type="date"' not in page
    assert "腊月初八" in page  # how it may be written
    wrong = await phone.post(link, data={**FILLED, "day": "麦子熟了"})
    assert wrong.status_code == 422
    done = await phone.post(link, data={**FILLED, "day": "腊月初八"})
    assert "约好了：1月15日" in done.text
