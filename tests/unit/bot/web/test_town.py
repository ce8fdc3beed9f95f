"""The page of the town: who has the duty, who holds which office, what is offered, which days are worked."""

from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import sqlalchemy as sa

from bot.purse import Call
from bot.spending import Ledger
from bot.web.doors import Deps
from skills import changes, registry
from tests.unit.bot.web.test_cases import form_of
from township import directory
from township.db import Tx
from township.ids import new_id
from township.models import duty
from workflows.clocks import calendars
from workflows.models import cases

SignIn = Callable[..., Awaitable[httpx.Response]]
TOWN = "shilizhen"
PAGE = "/console/town"


async def test_who_has_the_duty_today_stands_there_and_where_nobody_has_it(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    same = {"id": new_id(), "town_id": TOWN, "person_id": "c-0102", "village_id": "liushu", "phone": "5330001"}
    await deps.db.write(lambda tx: tx.execute(sa.insert(duty).values(**same, weekdays=[])))
    await sign_in("c-0201")
    page = (await browser.get(PAGE)).text
    assert 'href="tel:5330001"' in page
    assert "孙立国" in page
    assert page.count("今天没有人值班") == 2, "the town itself, and the other village"


async def test_offices_are_named_with_who_holds_them(sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await sign_in("c-0101")
    page = (await browser.get(PAGE)).text
    assert "<dt>文书</dt><dd>柳树村 陈文、桃园村 许静</dd>" in page
    assert "<dt>便民服务中心</dt><dd>马丽、丁一</dd>" in page
    assert "<dt>镇纪检</dt><dd><b>没有人</b></dd>" in page


async def test_services_and_changes_that_wait_for_a_second_person(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    changes.declare()

    def want(tx: Tx) -> None:
        review = registry.load(registry.HERE / "service_change").skill
        before = next(one for one in registry.offered(tx, TOWN) if one.id == "village_report")
        person = directory.person(tx, "c-0008")
        assert review is not None
        assert person is not None
        registry.install(tx, TOWN, review, by=None, now=deps.clock.now())
        changes.submit(
            tx, changes.off(before), person, service="service_change", key="k", at=deps.clock.now()
        )  # fmt: skip

    await deps.db.write(want)
    await sign_in("c-0008")
    page = (await browser.get(PAGE)).text
    assert "路灯、垃圾、道路、水、电这些身边事" in page
    assert "你钉我办" in page.partition("等人同意的改动")[2].partition("</ul>")[0]
    await sign_in("c-0101")
    assert 'href="/console/cases/' not in (await browser.get(PAGE)).text, "what may not be seen is no link"


async def test_a_change_is_switched_on_at_the_desk_by_a_second_person_alone(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await test_services_and_changes_that_wait_for_a_second_person(deps, sign_in, browser)
    ((case_id,),) = await deps.db.read(lambda tx: tx.execute(sa.select(cases.c.id)).all())
    for who, may in (("c-0008", False), ("c-0009", True)):
        await sign_in(who)
        page = (await browser.get(f"/console/cases/{case_id}")).text
        assert ('name="action" value="approve"' in page) is may
    form = form_of(await browser.get(f"/console/cases/{case_id}"), "approve")
    for _ in range(2):
        assert (await browser.post(f"/console/cases/{case_id}", data=form)).status_code == 303
    offered = await deps.db.read(lambda tx: [one.id for one in registry.offered(tx, TOWN)])
    assert "village_report" not in offered


async def test_days_that_differ_are_listed_and_a_year_that_is_not_published_is_said(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0101")
    page = (await browser.get(PAGE)).text
    assert "2027 年的放假安排还没导进来，先按周末和法定节日估算" in page
    works = {date(2027, 1, 1): False, date(2027, 1, 9): True}
    await deps.db.write(lambda tx: calendars.set_year(tx, TOWN, 2027, works, "国办发明电〔2026〕9号"))
    page = (await browser.get(PAGE)).text
    assert "还没导进来" not in page
    assert "2027年1月1日（周五）放假" in page
    assert "2027年1月9日（周六）上班" in page


async def test_a_villager_has_no_such_page(sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await sign_in("v-0101")
    assert (await browser.get(PAGE)).status_code == 403


async def test_what_the_month_has_cost_stands_there_and_that_the_platform_has_refused(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    ledger = Ledger(deps.db, deps.clock, {deps.login.account_id: deps.limits})
    ledger.charge(deps.login.account_id, Call.message_in, 2600)
    ledger.refused(deps.login.account_id)
    await ledger.write_down()
    await sign_in("c-0101")
    page = (await browser.get(PAGE)).text
    assert "用了 2600 次，一共 3000 次，占 87%" in page
    assert "省得很紧" in page
    assert "钉钉说次数用完了" in page
