"""Cases at the console: my work, the list, one case, and acting through the one door."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from bot.web.doors import Deps
from township.clock import TurnedClock
from township.db import Tx
from township.ids import new_id
from township.models import audit_entries
from workflows.cases import Opening
from workflows.cases import open as open_case
from workflows.clocks import timers
from workflows.models import cases

SignIn = Callable[..., Awaitable[httpx.Response]]
Report = Callable[..., Awaitable[str]]
TokenIn = Callable[[httpx.Response], str]
TOWN = "shilizhen"


def form_of(page: httpx.Response, action: str) -> dict[str, str]:
    """Read the hidden fields of the form that does an action."""
    forms = re.findall(r"<form method=\"post\" action=\"/console/cases/.*?</form>", page.text, re.S)
    chosen = next(form for form in forms if f'name="action" value="{action}"' in form)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', chosen))


async def test_a_clerk_finds_the_new_report_in_the_own_work(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    case_id = await report()
    await sign_in("c-0101")
    page = await browser.get("/console")
    assert f"/console/cases/{case_id}" in page.text
    assert "大门口的路灯不亮" in page.text
    assert "最晚" in page.text


async def test_nothing_to_do_is_said_kindly(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("c-0101")
    assert "眼下没有等您的事" in (await browser.get("/console")).text


async def test_taking_a_case_moves_it_on_once(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, deps: Deps
) -> None:
    case_id = await report()
    await sign_in("c-0101")
    form = form_of(await browser.get(f"/console/cases/{case_id}"), "take")
    for _ in range(2):
        assert (await browser.post(f"/console/cases/{case_id}", data=form)).status_code == 303
    page = await browser.get(f"/console/cases/{case_id}?done=1")
    assert "好，记下了" in page.text
    assert "正在办" in page.text
    assert page.text.count("<b>我来办</b> · 陈文") == 1
    row = await deps.db.read(lambda tx: tx.execute(sa.select(cases)).mappings().one())
    assert (row["stage"], row["assignee_id"], row["seq"]) == ("handle", "c-0101", 2)


async def test_in_a_second_tab_the_button_leads_to_how_it_stands_now(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    case_id = await report()
    await sign_in("c-0101")
    path = f"/console/cases/{case_id}"
    tabs = [form_of(await browser.get(path), "take") for _ in range(2)]
    assert (await browser.post(path, data=tabs[0])).status_code == 303
    late = await browser.post(path, data=tabs[1], headers={"referer": f"http://desk.example{path}?done=1"})
    assert late.status_code == 403
    assert f'href="{path}">打开看看' in late.text
    assert "刚才填的" not in late.text, "nothing is to be filled in again"


async def test_what_was_said_with_an_act_stands_in_the_time_line(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    case_id = await report()
    await sign_in("c-0101")
    form = form_of(await browser.get(f"/console/cases/{case_id}"), "refuse")
    await browser.post(f"/console/cases/{case_id}", data=form | {"value_reason": "归供电所管"})
    page = await browser.get(f"/console/cases/{case_id}")
    assert "为什么：归供电所管" in page.text
    assert "没有办成" in page.text


async def test_a_missing_value_is_asked_for_and_nothing_moves(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, deps: Deps
) -> None:
    case_id = await report()
    await sign_in("c-0101")
    form = form_of(await browser.get(f"/console/cases/{case_id}"), "refuse")
    assert (await browser.post(f"/console/cases/{case_id}", data=form)).status_code == 422
    assert await deps.db.read(lambda tx: tx.scalar(sa.select(cases.c.stage))) == "accept"


async def test_the_clerk_of_another_village_finds_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    case_id = await report()
    await sign_in("c-0201")
    assert "路灯" not in (await browser.get("/console/cases?state=all")).text
    page = await browser.get(f"/console/cases/{case_id}")
    assert page.status_code == 404
    assert "路灯" not in page.text


async def test_who_reads_a_case_is_recorded(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, deps: Deps
) -> None:
    case_id = await report()
    await sign_in("c-0102")
    await browser.get(f"/console/cases/{case_id}")
    entry = await deps.db.read(lambda tx: tx.execute(sa.select(audit_entries)).mappings().one())
    assert (entry["actor_id"], entry["person_id"], entry["act"]) == ("c-0102", "v-0101", "read")


async def test_the_list_is_filtered_and_cut_into_pages(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, deps: Deps
) -> None:
    for number in range(23):
        await report(f"第{number}盏灯不亮")
    await sign_in("c-0101")
    first = await browser.get("/console/cases")
    second = await browser.get("/console/cases?page=2")
    assert "一共 23 件" in first.text
    assert (first.text.count('class="slip"'), second.text.count('class="slip"')) == (20, 3)
    assert "这里没有办件" in (await browser.get("/console/cases?state=late")).text
    assert isinstance(deps.clock, TurnedClock)
    deps.clock.forward(timedelta(days=9))
    await sign_in("c-0101")
    assert "一共 23 件" in (await browser.get("/console/cases?state=late")).text


async def test_a_case_is_found_by_its_number(browser: httpx.AsyncClient, sign_in: SignIn, report: Report) -> None:
    await report()
    await sign_in("c-0101")
    assert (await browser.get("/console/cases", params={"q": "柳树1号"})).text.count('class="slip"') == 1
    assert (await browser.get("/console/cases", params={"q": "柳树9号"})).text.count('class="slip"') == 0


@pytest.mark.parametrize("asked", ["王秀英", "秀英", "路灯不亮", " 1 ", "柳树村", "1号"])
async def test_a_case_is_found_by_its_person_by_its_words_and_by_the_bare_number(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report, asked: str
) -> None:
    await report()
    await sign_in("c-0101")
    page = await browser.get("/console/cases", params={"q": asked})
    assert page.text.count('class="slip"') == 1
    assert "王秀英" in page.text


async def test_a_caller_is_found_by_the_telephone_number(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps
) -> None:
    now = deps.clock.now()
    opening = Opening(TOWN, "report", new_id(), {"what": "屋顶漏雨"}, now, affected="n-0101", wrote="c-0101")
    await deps.db.write(lambda tx: open_case(tx, opening, now=now))
    await sign_in("c-0101")
    for asked, found in (("5331199", 1), ("533-1199", 1), ("5331198", 0)):
        page = await browser.get("/console/cases", params={"q": asked})
        assert page.text.count('class="slip"') == found, asked


async def test_closed_ones_are_found_as_well_and_nothing_is_found_for_who_may_not_see_it(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    case_id = await report()
    await sign_in("c-0101")
    form = form_of(await browser.get(f"/console/cases/{case_id}"), "refuse")
    await browser.post(f"/console/cases/{case_id}", data=form | {"value_reason": "归供电所管"})
    assert (await browser.get("/console/cases", params={"q": "路灯"})).text.count('class="slip"') == 1
    await sign_in("c-0201")
    for asked in ("王秀英", "路灯", "1"):
        assert (await browser.get("/console/cases", params={"q": asked})).text.count('class="slip"') == 0


async def test_signs_that_mean_something_to_a_database_find_what_they_are(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    await report("灯不亮100%，坏了")
    await sign_in("c-0101")
    for asked, found in (("100%", 1), ("%", 1), ("_", 0), ("王%", 0), ("' OR 1=1", 0)):
        page = await browser.get("/console/cases", params={"q": asked})
        assert page.text.count('class="slip"') == found, asked


async def test_the_list_says_who_has_each_open_case(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    await report()
    await sign_in("c-0102")
    assert "轮到陈文" in (await browser.get("/console/cases")).text


async def lamps(deps: Deps, *who: str) -> list[str]:
    """Let several people report the same lamp; returns the ids."""
    now = deps.clock.now()

    def call(tx: Tx) -> list[str]:
        what = {"what": "桥头路灯不亮了", "kind": "lamp", "place": "桥头"}
        said = [Opening(TOWN, "village_report", f"lamp:{one}", what, now, one, wrote="c-0101") for one in who]
        return [open_case(tx, one, now=now).case_id for one in said]

    return await deps.db.write(call)


async def test_a_case_shows_whom_to_ring_who_has_it_and_what_belongs_to_it(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps
) -> None:
    first, second = await lamps(deps, "v-0101", "n-0101")
    await sign_in("c-0102")
    page = await browser.get(f"/console/cases/{second}")
    assert 'href="tel:5331199"' in page.text
    assert "<dt>轮到谁</dt><dd>陈文</dd>" in page.text
    assert f'href="/console/cases/{first}"' in page.text
    assert "像是同一件事" in page.text


async def test_what_belongs_to_a_case_is_shown_to_nobody_who_may_not_see_it(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps
) -> None:
    first, second = await lamps(deps, "v-0101", "n-0101")
    await deps.db.write(lambda tx: tx.execute(sa.update(cases).where(cases.c.id == first).values(restricted="x")))
    await sign_in("c-0102")
    assert first not in (await browser.get(f"/console/cases/{second}")).text


async def test_what_the_clock_did_is_said(browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps) -> None:
    (case_id,) = await lamps(deps, "v-0101")
    assert isinstance(deps.clock, TurnedClock)
    deps.clock.forward(timedelta(days=5))
    late = deps.clock.now()
    while await deps.db.write(lambda tx: timers.sweep(tx, late)):
        pass
    await sign_in("c-0101")
    page = (await browser.get(f"/console/cases/{case_id}")).text
    for words in ("快到时限，记进经办人早上的提醒", "过了时限，请领导看缺什么", "过了一阵还没动，请值班的打电话"):
        assert words in page
    assert "<b>到了时限</b>" not in page


async def test_what_a_villager_wrote_never_becomes_markup(
    browser: httpx.AsyncClient, sign_in: SignIn, report: Report
) -> None:
    case_id = await report("<script>alert(1)</script>路灯")
    await sign_in("c-0101")
    for path in ("/console", "/console/cases", f"/console/cases/{case_id}"):
        assert "<script>" not in (await browser.get(path)).text
