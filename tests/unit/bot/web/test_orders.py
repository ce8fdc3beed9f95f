"""Work orders at the console: brought, asked about, refused to who may not, and handed back filled."""

import io
import re
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from openpyxl import load_workbook

from bot.web.doors import Deps
from skills import registry
from tests.unit.bot.web.desk import rows_of, with_town_clerk
from workflows import cases

SignIn = Callable[..., Awaitable[httpx.Response]]
TOWN = "shilizhen"
SHEET = (
    "工单编号,诉求内容,事发地址,姓名,电话\n"
    "GD1,桥头路灯不亮了,柳树村桥头,来电人甲,13800009999\n"
    "GD2,,柳树村,来电人乙,\n"
    "GD3,村会计把低保给了他小舅子,柳树村,来电人丙,13800007777\n"
)
VAGUE = "编号,内容,时间\nGD9,三组自来水停了两天没人管,2026-11-22 09:10\n"


@pytest.fixture
async def deps(deps: Deps) -> Deps:
    return await with_town_clerk(deps)


async def post(
    browser: httpx.AsyncClient, sheet: str = "", act: str = "bring", path: str = "", **fields: str
) -> httpx.Response:
    page = await browser.get("/console/orders")
    csrf = re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[0]
    files = {"file": ("单.csv", sheet.encode(), "text/csv")} if sheet else None
    given = {"csrf": csrf, "system": "12345", "act": act, **fields}
    return await browser.post(f"/console/orders{path}", data=given, files=files)


async def test_a_sheet_becomes_cases_and_bad_rows_are_named(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0008")
    page = await post(browser, SHEET)
    assert "立案 1 件" in page.text
    assert "单.csv 第 3 行" in page.text
    assert "没写什么事" in page.text
    assert "第 4 行：工单 GD3 是反映干部的" in page.text, "nobody here may see it: it is not shown to the village"
    (found,) = await rows_of(deps)
    assert (found.skill, found.kind, found.channels) == ("village_report", "lamp", ["12345"])


async def test_the_same_sheet_again_opens_nothing(deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await sign_in("c-0008")
    await post(browser, SHEET)
    assert "立案 0 件；以前导过 1 件" in (await post(browser, SHEET)).text


async def test_doubtful_columns_are_asked_and_remembered(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0008")
    asked = await post(browser, VAGUE)
    assert "哪一列是什么" in asked.text
    assert "三组自来水停了两天没人管" in asked.text
    assert await rows_of(deps) == []
    (kept,) = re.findall(r'name="kept" value="([^"]+)"', asked.text)
    said = {"column_编号": "number", "column_内容": "what", "column_时间": "at"}
    assert "立案 1 件" in (await post(browser, kept=kept, name="单.csv", **said)).text
    assert "以前导过 1 件" in (await post(browser, VAGUE)).text, "nothing is asked the second time"


async def test_another_file_of_the_store_is_not_read(deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await sign_in("c-0008")
    other = deps.files.keep(b"secret")
    assert (await post(browser, kept=f"{other}.forged", name="x.csv")).status_code == 403


async def test_a_village_clerk_brings_nothing(deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await sign_in("c-0101")
    page = await browser.get("/console/orders")
    assert "导进来立案" not in page.text
    await sign_in("c-0101")
    refused = await browser.post("/console/orders", data={"csrf": "x"})
    assert refused.status_code == 403
    assert await rows_of(deps) == []


async def test_what_is_closed_is_handed_back_as_a_workbook(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0008")
    filled = "工单编号,诉求内容,办理结果,是否解决\nG8,灯,您好，修好了。,是\nG9,水,您好，通水了。,是\n"
    await post(browser, SHEET)
    assert "学会了“12345”" in (await post(browser, filled, act="learn")).text
    lamp = next(row for row in await rows_of(deps) if row.kind == "lamp")
    act = cases.Act(TOWN, lamp.id, "refuse", "r", "c-0101", {"reason": "归供电所管"})
    await deps.db.write(lambda tx: cases.act(tx, act, now=deps.clock.now()))
    book = await post(browser, path="/fill")
    head, row = load_workbook(io.BytesIO(book.content)).worksheets[0].iter_rows(values_only=True)
    assert head == ("工单编号", "诉求内容", "办理结果", "是否解决")
    assert row[:2] == ("GD1", "桥头路灯不亮了")
    assert "归供电所管" in row[2]
    assert "没有新办结的" in (await post(browser, path="/fill")).text


async def test_a_kept_sheet_is_named_by_ourselves_alone(sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await sign_in("c-0008")
    for forged in ("0" * 64 + ".é", "0" * 64 + "." + "0" * 64, "../../etc/passwd."):
        answer = await post(browser, kept=forged, name="单.csv")
        assert answer.status_code == 403


async def test_what_was_opened_is_named_with_its_kind_and_a_way_to_it(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0008")
    page = await post(browser, SHEET)
    (found,) = await rows_of(deps)
    assert f'href="/console/cases/{found.id}">{found.number}</a>' in page.text
    assert "路灯" in page.text
    assert "第 2 行" in page.text, "the row of the sheet, so that both can be held against each other"


async def test_what_a_row_lacks_for_the_form_of_the_town_is_said_in_words(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    await sign_in("c-0008")
    folder = Path(shutil.copytree(registry.HERE / "village_report", tmp_path / "village_report"))
    told = (folder / "skill.yaml").read_text("utf-8")
    needed = told.replace("    ask: ask_place\n    optional: true\n", "    ask: ask_place\n")
    assert needed != told
    (folder / "skill.yaml").write_text(needed, "utf-8")
    skill = registry.load(folder).skill
    assert skill is not None
    await deps.db.write(lambda tx: registry.install(tx, TOWN, skill, by=None, now=deps.clock.now()))
    page = await post(browser, "工单编号,诉求内容\nGD1,路灯不亮了\n")
    assert "第 2 行：工单 GD1 没写“在哪里”，这一行没收。" in page.text


async def test_a_filled_sheet_whose_column_of_results_is_unknown_is_asked_about(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0008")
    filled = "工单编号,诉求内容,镇里怎么说\nG8,灯,您好，修好了。感谢来电\nG9,水,您好，通水了。感谢来电\n"
    asked = await post(browser, filled, act="learn")
    assert "还没认出哪一列是“办理结果”" in asked.text
    (kept,) = re.findall(r'name="kept" value="([^"]+)"', asked.text)
    said = {"column_镇里怎么说": "result", "column_工单编号": "number", "column_诉求内容": "what"}
    assert "学会了“12345”" in (await post(browser, act="learn", kept=kept, name="单.csv", **said)).text


async def test_the_workbook_is_named_after_its_system_and_day(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0008")
    await post(browser, SHEET)
    lamp = next(row for row in await rows_of(deps) if row.kind == "lamp")
    act = cases.Act(TOWN, lamp.id, "refuse", "r", "c-0101", {"reason": "归供电所管"})
    await deps.db.write(lambda tx: cases.act(tx, act, now=deps.clock.now()))
    assert "办结还没回填的 1 件" in (await browser.get("/console/orders")).text
    book = await post(browser, path="/fill")
    name = unquote(book.headers["content-disposition"])
    assert f"回填-12345-{deps.clock.now():%Y-%m-%d}.xlsx" in name
    assert "办结还没回填的 0 件" in (await browser.get("/console/orders")).text
