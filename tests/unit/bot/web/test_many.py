"""Many cases at once at the console: what may be ticked, the preview, the doing; and the list as a table to keep."""

import csv
import io
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from bot.web.doors import Deps
from township.clock import TurnedClock
from township.models import audit_entries
from workflows.models import cases

SignIn = Callable[..., Awaitable[httpx.Response]]
Report = Callable[..., Awaitable[str]]
TokenIn = Callable[[httpx.Response], str]
Tick = Callable[..., Awaitable[httpx.Response]]
CLERK, HEAD, OTHERS_CLERK = "c-0101", "c-0102", "c-0201"


def boxes(page: httpx.Response) -> list[str]:
    return re.findall(r'<input type="checkbox" name="(task_[0-9a-f]+)"', page.text)


def offered(page: httpx.Response) -> list[str]:
    return re.findall(r'<button name="word" value="([^"]+)"', page.text)


@pytest.fixture
async def tick(browser: httpx.AsyncClient, token_in: TokenIn) -> Tick:
    async def send(place: str, step: str, word: str, held: list[str], **more: str) -> httpx.Response:
        csrf = token_in(await browser.get("/console"))
        data = {"csrf": csrf, "word": word, **dict.fromkeys(held, "1"), **more}
        return await browser.post(f"/console/many/{place}/{step}", data=data)

    return send


@pytest.mark.parametrize(("place", "path"), [("work", "/console"), ("cases", "/console/cases")])
async def test_ticked_cases_are_shown_first_and_done_when_that_is_confirmed(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, deps: Deps, tick: Tick,
    place: str, path: str,
) -> None:  # fmt: skip
    for what in ("路灯不亮", "垃圾没人收", "井盖没了"):
        await report(what)
    await sign_in(CLERK)
    page = await browser.get(path)
    assert offered(page) == ["我来办", "不归我管"]
    held = boxes(page)
    assert len(held) == 3
    shown = await tick(place, "preview", "我来办", held[:2])
    assert "我来办：2 件" in shown.text
    assert "办了到“正在办”" in shown.text
    assert await deps.db.read(lambda tx: list(tx.scalars(sa.select(cases.c.stage)))) == ["accept"] * 3
    seal = re.findall(r'name="seal" value="([0-9a-f]+)"', shown.text)[0]
    done = await tick(place, "do", "我来办", held[:2], seal=seal)
    assert "办好 2 件" in done.text
    assert f'href="{path}"' in done.text
    assert await deps.db.read(lambda tx: sorted(tx.scalars(sa.select(cases.c.stage)))) == ["accept", "handle", "handle"]


async def test_all_that_may_be_done_together_is_ticked_by_one_link(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    for what in ("路灯不亮", "垃圾没人收"):
        await report(what)
    await sign_in(CLERK)
    for path in ("/console", "/console/cases"):
        assert " checked>" not in (await browser.get(path)).text
        assert (await browser.get(f"{path}?ticked=1")).text.count(" checked>") == 2


async def test_who_holds_nothing_or_one_thing_has_nothing_to_tick(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    await report("路灯不亮")
    await sign_in(CLERK)
    assert boxes(await browser.get("/console/cases")) == []
    await report("垃圾没人收")
    assert len(boxes(await browser.get("/console/cases"))) == 2
    await sign_in(HEAD)
    assert "路灯不亮" in (page := await browser.get("/console/cases")).text
    assert boxes(page) == []


async def test_of_what_was_ticked_the_preview_says_how_many_it_cannot_be_done_to(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, tick: Tick
) -> None:
    for what in ("路灯不亮", "垃圾没人收", "井盖没了"):
        await report(what)
    await sign_in(CLERK)
    held = boxes(await browser.get("/console"))
    shown = await tick("work", "preview", "我来办", held[:1])
    seal = re.findall(r'name="seal" value="([0-9a-f]+)"', shown.text)[0]
    await tick("work", "do", "我来办", held[:1], seal=seal)
    later = await tick("work", "preview", "我来办", held)
    assert "我来办：2 件" in later.text
    assert "有 1 件现在不能这样一起办" in later.text


async def test_one_reason_is_written_under_the_preview_and_stands_in_all_of_them(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, deps: Deps, tick: Tick
) -> None:
    for what in ("电杆歪了", "电线垂到路上"):
        await report(what)
    await sign_in(CLERK)
    held = boxes(await browser.get("/console"))
    shown = await tick("work", "preview", "不归我管", held)
    assert "为什么（2 件都写这一句）" in shown.text
    seal = re.findall(r'name="seal" value="([0-9a-f]+)"', shown.text)[0]
    unsaid = await tick("work", "do", "不归我管", held, seal=seal, value_reason=" ")
    assert (unsaid.status_code, "为什么" in unsaid.text) == (422, True)
    done = await tick("work", "do", "不归我管", held, seal=seal, value_reason="归供电所管")
    assert "办好 2 件" in done.text
    ids = await deps.db.read(lambda tx: list(tx.scalars(sa.select(cases.c.id))))
    assert [("归供电所管" in (await browser.get(f"/console/cases/{one}")).text) for one in ids] == [True, True]


async def test_what_was_not_shown_is_not_done(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, deps: Deps, tick: Tick
) -> None:  # fmt: skip
    for what in ("路灯不亮", "垃圾没人收"):
        await report(what)
    await sign_in(CLERK)
    held = boxes(await browser.get("/console"))
    seal = re.findall(r'name="seal" value="([0-9a-f]+)"', (await tick("work", "preview", "我来办", held[:1])).text)[0]
    assert (await tick("work", "do", "我来办", held, seal=seal)).status_code == 403
    assert (await tick("work", "preview", "我来办", [])).status_code == 422
    await sign_in(OTHERS_CLERK)
    assert (await tick("work", "preview", "我来办", held)).status_code == 422
    assert await deps.db.read(lambda tx: set(tx.scalars(sa.select(cases.c.stage)))) == {"accept"}


def rows_of(answer: httpx.Response, kind: str) -> list[list[str]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    page = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return [[cell or "" for cell in row] for row in page.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_the_list_as_it_is_filtered_is_a_table_to_keep(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, deps: Deps, clock: TurnedClock, kind: str
) -> None:
    await report("路灯不亮")
    clock.forward(timedelta(minutes=5))
    await report("=1+1 垃圾没人收")
    await sign_in(CLERK)
    page = await browser.get("/console/cases?state=open")
    assert f'href="/console/cases/table?state=open&format={kind}"' in page.text.replace("&amp;", "&")
    answer = await browser.get(f"/console/cases/table?state=open&format={kind}")
    assert f".{kind}" in answer.headers["content-disposition"]
    rows = rows_of(answer, kind)
    head = rows[0]
    assert head[:4] == ["编号", "事项", "到哪一步", "村"]
    newest = dict(zip(head, rows[1], strict=True))
    assert newest["什么事"] == "=1+1 垃圾没人收".replace("=", "'=" if kind == "csv" else "=")
    assert (newest["谁的事"], newest["轮到谁"], newest["村"]) == ("王秀英", "陈文", "柳树村")
    assert newest["最晚"].startswith("20")
    assert len(rows) == 3
    assert len(rows_of(await browser.get(f"/console/cases/table?q=路灯&format={kind}"), kind)) == 2
    assert len(rows_of(await browser.get(f"/console/cases/table?state=closed&format={kind}"), kind)) == 1
    taken = sa.select(audit_entries.c.actor_id, audit_entries.c.what).where(audit_entries.c.act == "exported")
    assert await deps.db.read(lambda tx: {tuple(row) for row in tx.execute(taken)}) == {(CLERK, "cases")}


async def test_a_table_holds_only_what_its_reader_may_see(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    await report("路灯不亮")
    await sign_in(OTHERS_CLERK)
    assert len(rows_of(await browser.get("/console/cases/table?state=all&format=csv"), "csv")) == 1
    assert (await browser.get("/console/cases/table?format=exe")).status_code == 422
