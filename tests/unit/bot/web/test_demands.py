"""The list of who still asks for proofs: bodies and counts for cadres, month by month, and the same as a table."""

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import date
from urllib.parse import unquote

import httpx

from bot.web.doors import Deps
from township.db import Tx
from workflows.seals import demands

SignIn = Callable[..., Awaitable[httpx.Response]]
TOWN = "shilizhen"


async def ask_for(deps: Deps) -> None:
    def call(tx: Tx) -> None:
        for _ in range(3):
            demands.note(tx, TOWN, "R08", "银行", date(2026, 11, 23))
        demands.note(tx, TOWN, "R10", "", date(2026, 11, 2))
        demands.note(tx, TOWN, "P03", "信用社", date(2026, 10, 31))
        demands.note(tx, "elsewhere", "R01", "公证处", date(2026, 11, 23))
        demands.insist(tx, TOWN, "R08", "银行")

    await deps.db.write(call)


async def test_this_month_is_shown_the_most_frequent_first(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await ask_for(deps)
    await sign_in("c-0101")
    page = await browser.get("/console/demands")
    assert page.status_code == 200
    assert page.text.index("银行") < page.text.index("没说是哪家")
    assert "婚姻状况证明" in page.text
    assert "信用社" not in page.text
    assert "公证处" not in page.text, "another town's"


async def test_an_earlier_month_is_chosen(deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await ask_for(deps)
    await sign_in("c-0101")
    page = await browser.get("/console/demands?month=2026-10")
    assert "信用社" in page.text
    assert "不在清单上" in page.text
    assert "2026年11月" in page.text
    wrong = await browser.get("/console/demands?month=often")
    assert wrong.status_code == 200


async def test_the_table_says_the_same(deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await ask_for(deps)
    await sign_in("c-0101")
    table = await browser.get("/console/demands.csv?month=2026-11")
    assert "谁还在要证明-2026-11.csv" in unquote(table.headers["content-disposition"])
    head, first, second = csv.reader(io.StringIO(table.text.lstrip("\ufeff")))
    assert head[0] == "哪家单位"
    assert first == ["银行", "婚姻状况证明", "8", "3", "1"]
    assert second == ["没说是哪家", "健在证明", "10", "1", "0"]


async def test_an_empty_month_says_so(sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await sign_in("c-0101")
    assert "没有单位" in (await browser.get("/console/demands")).text


async def test_a_villager_does_not_see_it(deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await ask_for(deps)
    await sign_in("v-0101")
    page = await browser.get("/console/demands")
    assert page.status_code != 200
    assert "银行" not in page.text


async def test_who_has_not_signed_in_gets_no_table(deps: Deps, browser: httpx.AsyncClient) -> None:
    await ask_for(deps)
    page = await browser.get("/console/demands.csv", follow_redirects=False)
    assert page.status_code in {302, 303, 307}
    assert "银行" not in page.text


async def test_what_looks_like_a_formula_stays_words(deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await deps.db.write(lambda tx: demands.note(tx, TOWN, "R08", "=HYPERLINK(1)", date(2026, 11, 23)))
    await sign_in("c-0101")
    table = await browser.get("/console/demands.csv?month=2026-11")
    _, first = csv.reader(io.StringIO(table.text.lstrip("\ufeff")))
    assert first[0] == "'=HYPERLINK(1)"
