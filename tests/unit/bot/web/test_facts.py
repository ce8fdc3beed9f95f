"""Facts at the console: a sheet is taken in, shown before and after, put in force by a second person; and recalls."""

import io
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial

import httpx
import openpyxl

from bot.chores.recalls import Recalls
from bot.web.doors import Deps
from knowledge import answers, facts, factsheet
from knowledge.answers import Answer, AnswerKind
from knowledge.facts import Fact

SignIn = Callable[..., Awaitable[httpx.Response]]
TokenIn = Callable[[httpx.Response], str]
TOWN = "shilizhen"
OLD = Fact(("几点上班", "啥时候开门"), "九点上班。", "公示", "党政办", date(2026, 12, 31), date(2026, 11, 3))
GONE = Fact(("暑假班车",), "每天两趟。", valid_until=date(2026, 8, 31))
HEAD = ",".join(factsheet.columns().values())


async def tell(deps: Deps, *rows: Fact) -> None:
    at = deps.clock.now()
    await deps.db.write(partial(facts.store, town_id=TOWN, rows=rows, at=at))


async def bring(browser: httpx.AsyncClient, token: str, *rows: str) -> httpx.Response:
    data = "\n".join((HEAD, *rows)).encode()
    return await browser.post("/console/facts", data={"csrf": token}, files={"file": ("常用事实.csv", data)})


async def test_the_list_says_what_is_told_and_what_has_run_out(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps
) -> None:
    await tell(deps, OLD, GONE)
    await sign_in("c-0101")
    page = await browser.get("/console/facts")
    assert "九点上班" in page.text
    assert "过期了" in page.text
    assert "快到了" in page.text
    assert "传上来" not in page.text, "a village clerk only reads here"
    assert (await browser.get("/console/facts.xlsx")).status_code == 403


async def test_a_second_person_sees_before_and_after_and_puts_it_in_force(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps
) -> None:
    await tell(deps, OLD)
    await sign_in("c-0008")
    token = token_in(await browser.get("/console/facts"))
    brought = await bring(browser, token, "几点上班|啥时候开门,八点半上班。,公示,党政办,2027-12-31,2026-11-03,")
    assert brought.status_code == 303
    path = brought.headers["location"]
    mine = await browser.get(path)
    assert "已经请 丁一 看了" in mine.text
    alone = await browser.post(path, data={"csrf": token, "act": "confirm", "key": "k"})
    assert alone.status_code == 403
    await sign_in("c-0009")
    page = await browser.get(path)
    for part in ("九点上班", "八点半上班", "2026-12-31", "2027-12-31"):
        assert part in page.text
    done = await browser.post(path, data={"csrf": token_in(page), "act": "confirm", "key": "k"})
    assert done.status_code == 303
    (now,) = await deps.db.read(partial(facts.in_force, town_id=TOWN))
    assert now.answer == "八点半上班。"


async def test_a_sheet_sent_back_changes_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps
) -> None:
    await sign_in("c-0008")
    token = token_in(await browser.get("/console/facts"))
    path = (await bring(browser, token, "几点上班,九点,,,2027-12-31,,")).headers["location"]
    await sign_in("c-0009")
    given = {"csrf": token_in(await browser.get(path)), "act": "discard", "reason": "没有依据", "key": "k"}
    assert (await browser.post(path, data=given)).status_code == 303
    assert await deps.db.read(partial(facts.in_force, town_id=TOWN)) == []
    assert (await browser.get(path)).status_code in (403, 404)


async def test_wrong_rows_are_shown_one_by_one(browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn) -> None:
    await sign_in("c-0008")
    token = token_in(await browser.get("/console/facts"))
    said = await bring(browser, token, "几点,九点,,,明年,,", "书记,13912345678,,,,,", "在哪,镇东头,,,2027-12-31,,")
    assert "第 2 行：“有效到”写的是“明年”，应像 2026-12-31。" in said.text.replace("&#34;", '"')
    assert "第 3 行" in said.text
    assert "看收下的" in said.text


async def test_what_is_downloaded_can_be_brought_back_and_changes_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps
) -> None:
    await tell(deps, OLD, GONE)
    await sign_in("c-0008")
    token = token_in(await browser.get("/console/facts"))
    book = (await browser.get("/console/facts.xlsx")).content
    assert openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].max_row == 3
    again = await browser.post("/console/facts", data={"csrf": token}, files={"file": ("常用事实.xlsx", book)})
    assert "没有要改的" in again.text


async def test_a_keeper_sees_who_was_told_otherwise_and_has_it_sent(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps
) -> None:
    await tell(deps, OLD)
    told = Answer(AnswerKind.fact, "x", fact_id=facts.identity(TOWN, OLD))
    note = partial(answers.record, answer=told, position=1, town_id=TOWN, at=deps.clock.now())
    for who in ("v-0101", "n-0101"):
        await deps.db.write(partial(note, message_id=who, person_id=who))
    await tell(deps, Fact(OLD.questions, "八点半上班。"))
    assert await Recalls(deps.db, deps.clock).look() == 1
    await sign_in("c-0101")
    assert (await browser.get("/console/recalls")).status_code == 403
    assert "/console/recalls" not in (await browser.get("/console")).text
    await sign_in("c-0008")
    assert "/console/recalls" in (await browser.get("/console")).text
    page = await browser.get("/console/recalls")
    for part in ("九点上班", "八点半上班", "王秀英", "发消息", "冯老栓", "打电话 5331199"):
        assert part in page.text
    given = {"csrf": token_in(page), "act": "send", "key": "k", "change": f"fact:{told.fact_id}"}
    assert (await browser.post("/console/recalls", data=given)).status_code == 303
    assert "没有要改口的" in (await browser.get("/console/recalls")).text
    assert (await browser.post("/console/recalls", data=given | {"key": "k2"})).status_code in (403, 404, 409)
