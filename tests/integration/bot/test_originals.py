"""The original behind an answer: a page with the clause marked where there is a public address, else the file."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.commands.asking import SAMPLES
from bot.web.app import build
from bot.web.doors import Deps, Login
from knowledge.ingest import store
from knowledge.models import VersionState, clauses, documents, versions
from knowledge.wording import originals
from knowledge.wording.originals import Original
from tests.integration.bot.house import KEY, TOWN, House
from tests.integration.knowledge.builders import a_source
from township.clock import TurnedClock
from township.db import Database, Tx
from township.filestore import FileStore
from township.scope import Audience

PUBLIC = "https://dinglin.example.gov.cn"
VILLAGER, CADRE = "v-0102", "c-0001"
QUESTION = "家宴的厨师要有健康证吗"
LINK = re.compile(rf"{PUBLIC}(/h5/d/[0-9a-zA-Z]+)")


async def _staff_of(code: str) -> str:
    return code


@pytest.fixture
async def public(sqlite_town: Database, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[House]:
    house = await House(sqlite_town, clock, tmp_path, public_url=PUBLIC).start()
    yield house
    await house.stop()


@pytest.fixture
async def browser(public: House, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    login = Login("main", "dinglin-sandbox", "http://127.0.0.1:9700/oauth2/auth", _staff_of)
    deps = Deps(public.db, public.clock, KEY, login, FileStore(tmp_path), PUBLIC)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build(deps)), base_url=PUBLIC) as client:
        yield client


def keep(house: House, name: str) -> bytes:
    content = (SAMPLES / name).read_bytes()
    house.store.keep(content)
    return content


async def page_of(house: House, browser: httpx.AsyncClient, question: str, who: str = VILLAGER) -> httpx.Response:
    (said,) = await house.says(who, question)
    found = LINK.search(said)
    assert found, said
    return await browser.get(found[1])


async def test_with_a_public_address_an_answer_leads_to_its_clause_marked(
    public: House, browser: httpx.AsyncClient
) -> None:
    page = await page_of(public, browser, QUESTION)
    assert page.status_code == 200
    assert "示例镇农村集体聚餐管理办法" in page.text
    (marked,) = re.findall(r"<mark>(.*?)</mark>", page.text, re.DOTALL)
    assert "第五条" in marked
    assert "健康证" in marked
    assert len(page.content) < 40_000
    assert "2025年9月1日起施行" in page.text


async def test_a_page_and_its_address_say_nothing_of_who_asked(public: House, browser: httpx.AsyncClient) -> None:
    page = await page_of(public, browser, QUESTION)
    assert VILLAGER not in page.text + str(page.url)
    assert "王" not in page.text.partition("</h1>")[0]


async def test_an_address_lapses_and_cannot_be_made_up(public: House, browser: httpx.AsyncClient) -> None:
    page = await page_of(public, browser, QUESTION)
    path = page.url.path
    forged = path[:-1] + ("2" if path[-1] != "2" else "3")
    later_day = path[: -originals.SIGNATURE - 5] + "fffff" + path[-originals.SIGNATURE :]
    for wrong in (forged, later_day, "/h5/d/" + "0" * 49, "/h5/d/x"):
        assert (await browser.get(wrong)).status_code == 404
    public.clock.forward(timedelta(days=29))
    assert (await browser.get(path)).status_code == 200
    public.clock.forward(timedelta(days=2))
    assert (await browser.get(path)).status_code == 404


async def test_a_page_of_one_village_is_no_page_of_another_and_lapses_soon(
    public: House, browser: httpx.AsyncClient
) -> None:
    page = await page_of(public, browser, "今儿停水不", "v-0201")
    assert "桃园村" in page.text
    public.clock.forward(timedelta(days=4))
    assert (await browser.get(page.url.path)).status_code == 404


async def test_what_is_for_cadres_has_no_page(public: House, browser: httpx.AsyncClient) -> None:
    (said,) = await public.says(CADRE, "机关夜间值班每人每班补助多少钱")
    assert "60元" in said
    assert not LINK.search(said)
    clause = await public.db.read(_cadre_clause)
    signed = originals.code(KEY, clause, public.clock.now().date() + timedelta(days=1))
    assert (await browser.get(f"/h5/d/{signed}")).status_code == 404


def _cadre_clause(tx: Tx) -> Original:
    joined = clauses.join(versions, clauses.c.version_id == versions.c.id)
    joined = joined.join(documents, versions.c.document_id == documents.c.id)
    chosen = sa.select(clauses.c.id).select_from(joined).where(documents.c.audience == Audience.CADRE.value)
    found = originals.of_clause(tx, tx.execute(chosen.limit(1)).scalar_one())
    assert found is not None
    return found


async def test_without_a_public_address_the_file_comes_when_asked_for(house: House) -> None:
    content = keep(house, "town/village-banquet.md")
    (said,) = await house.says(VILLAGER, QUESTION)
    assert said.endswith("要看原文，回“原文”。")
    assert "http" not in said
    await house.says(VILLAGER, "原文")
    ((name, sent),) = house.post.enclosed[VILLAGER]
    assert (name, sent) == ("village-banquet.md", content)


async def test_a_file_that_is_not_kept_is_not_offered(house: House) -> None:
    (said,) = await house.says(VILLAGER, QUESTION)
    assert "原文" not in said
    assert "大厅" in await house.reply(VILLAGER, "原文")
    assert house.post.enclosed[VILLAGER] == []


async def test_without_an_answer_before_it_there_is_no_original(house: House) -> None:
    assert "哪份文件" in await house.reply(VILLAGER, "原文")


async def test_who_may_not_see_a_document_does_not_get_its_file(house: House) -> None:
    keep(house, "cadres/duty-roster-rules.md")
    await house.says(CADRE, "机关夜间值班每人每班补助多少钱", group="cidliushu=")
    await house.says(CADRE, "原文", group="cidliushu=")
    assert house.post.enclosed[CADRE] == []


async def test_a_long_document_is_shown_around_its_clause_and_can_be_leafed_through(
    public: House, browser: httpx.AsyncClient
) -> None:
    texts = [f"第{n}款说的是示例镇林场管护的第{n}件事，护林员按片巡山，看见烟火马上打电话。" * 4 for n in range(1, 301)]
    source = a_source("示例镇林场管护细则", *texts, town_id=TOWN)
    stored = public.db.write_now(partial(store, source=source, at=public.clock.now(), state=VersionState.in_force))
    paragraphs = await public.db.read(lambda tx: originals.paragraphs(tx, stored.version_id))
    original = await public.db.read(lambda tx: originals.of_clause(tx, paragraphs[199].id))
    assert original is not None
    path = f"/h5/d/{originals.code(KEY, original, public.clock.now().date())}"
    page = await browser.get(path)
    assert len(page.content) < 40_000
    assert "第200条" in re.findall(r"<mark>(.*?)</mark>", page.text, re.DOTALL)[0]
    before, after = re.findall(r'href="(/h5/d/\w+\?from=\d+)"', page.text)
    shown = numbers(page.text)
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert numbers((await browser.get(after)).text)[0] == shown[-1] + 1
    assert numbers((await browser.get(before)).text)[-1] >= shown[0] - 1
    for leaf in (before, after):
        assert len((await browser.get(leaf)).content) < 40_000
    assert (await browser.get(f"{path}?from=99999")).status_code == 200


def numbers(page: str) -> list[int]:
    """Which clauses a page shows."""
    return [int(number) for number in re.findall(r"<strong>第(\d+)条</strong>", page)]
