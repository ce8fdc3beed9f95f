"""Lists at the console: brought by whoever may, chosen rows done after a preview, written back in their own columns."""

import io
import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from bot.web.doors import Deps
from skills import registry
from township.db import Tx
from township.ids import new_id
from township.models import grants
from workflows.models import cases

SignIn = Callable[..., Awaitable[httpx.Response]]
TOWN = "shilizhen"
CLERK, GRID = "c-0008", "c-0101"
SHEET = (
    "村,户主,组,应缴,备注\n柳树村,钱大,一组,60,老户\n柳树村,孙二,一组,80,\n柳树村,周三,二组,80,\n没有村,吴四,二组,90,\n"
)
SKILL = Path(__file__).parents[3] / "integration" / "workflows" / "lists" / "well_fee"


@pytest.fixture
async def deps(deps: Deps) -> Deps:
    """With a clerk of the town, and a service that is worked off from a list."""
    skill = registry.load(SKILL).skill
    assert skill is not None

    def appoint(tx: Tx) -> None:
        row = {"id": new_id(), "town_id": TOWN, "person_id": CLERK, "role": "town_clerk", "village_id": None}
        tx.execute(sa.insert(grants).values(row))

    await deps.db.write(appoint)
    await deps.db.write(partial(registry.install, town_id=TOWN, skill=skill, by=None, now=deps.clock.now()))
    return deps


async def post(browser: httpx.AsyncClient, path: str = "", sheet: str = "", **fields: str) -> httpx.Response:
    page = await browser.get("/console/rosters")
    csrf = re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[0]
    files = {"file": ("户.csv", sheet.encode(), "text/csv")} if sheet else None
    return await browser.post(
        f"/console/{path or 'rosters'}", data={"csrf": csrf, "skill": "well_fee", **fields}, files=files
    )  # fmt: skip


async def test_a_sheet_is_brought_once_and_comes_back_filled(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in(CLERK)
    page = await post(browser, sheet=SHEET)
    assert "新开 3 行" in page.text
    assert "户.csv 第 5 行：认不出是哪个村" in page.text
    assert "新开 0 行；以前就有 3 行" in (await post(browser, sheet=SHEET)).text
    book = load_workbook(io.BytesIO((await post(browser, "rosters/fill")).content))
    rows = [[cell or "" for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert rows[0] == ["村", "户主", "组", "应缴", "备注", "收缴情况", "说明", "谁收的", "哪天"]
    assert [row[:5] for row in rows[1:]] == [
        ["柳树村", "钱大", "一组", "60", "老户"],
        ["柳树村", "孙二", "一组", "80", ""],
        ["柳树村", "周三", "二组", "80", ""],
    ]


async def test_chosen_rows_are_shown_masked_and_done_when_confirmed(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in(CLERK)
    await post(browser, sheet=SHEET)
    await sign_in(GRID)
    page = await browser.get("/console/rosters")
    held = re.findall(r'name="(task_[0-9a-f]+)"', page.text)
    assert len(held) == 3
    printed = await browser.get("/console/rosters/paper?skill=well_fee")
    assert "<td>2</td><td>孙二 一组 80 元</td><td>□</td>" in printed.text
    shown = await post(browser, "many/rosters/preview", word="已缴", **dict.fromkeys(held[:2], "1"))
    assert "已缴：2 件" in shown.text
    assert "钱*" in shown.text
    assert "钱大" not in shown.text
    seal = re.findall(r'name="seal" value="([0-9a-f]+)"', shown.text)[0]
    for _ in range(2):
        done = await post(browser, "many/rosters/do", word="已缴", seal=seal, **dict.fromkeys(held[:2], "1"))
    assert done.status_code == 403, "they are done: what was shown is no more"
    again = await browser.get("/console/many/rosters/do")
    assert (again.status_code, again.headers["location"]) == (307, "/console/rosters")
    results = await deps.db.read(lambda tx: sorted(tx.scalars(sa.select(cases.c.result))))
    assert results == ["", "done", "done"]
    assert (await post(browser, "many/rosters/do", word="已缴", seal="0" * 16, task_x="1")).status_code == 403


async def test_every_row_that_will_be_done_stands_in_the_preview(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in(CLERK)
    rows = "".join(f"柳树村,户主{n},一组,60,\n" for n in range(1, 31))
    await post(browser, sheet=f"村,户主,组,应缴,备注\n{rows}")
    await sign_in(GRID)
    held = re.findall(r'name="(task_[0-9a-f]+)"', (await browser.get("/console/rosters")).text)
    shown = await post(browser, "many/rosters/preview", word="已缴", **dict.fromkeys(held, "1"))
    assert "已缴：30 件" in shown.text
    assert shown.text.count("<li>") == 30


async def test_who_may_not_brings_nothing(deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await sign_in(GRID)
    page = await browser.get("/console/rosters")
    assert "导进来" not in page.text
    csrf = (await browser.get("/console")).text.partition('name="csrf" value="')[2].partition('"')[0]
    files = {"file": ("户.csv", SHEET.encode(), "text/csv")}
    given = {"csrf": csrf, "skill": "well_fee"}
    assert (await browser.post("/console/rosters", data=given, files=files)).status_code == 403
