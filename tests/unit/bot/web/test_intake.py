"""A matter written down at the console: who rings or stands at the counter is asked once, and the case is there."""

import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
import sqlalchemy as sa

from bot.web.doors import Deps
from tests.unit.bot.web.desk import rows_of, with_town_clerk
from township.models import people
from workflows.models import call_lines

SignIn = Callable[..., Awaitable[httpx.Response]]
TOWN = "shilizhen"
NEW = "/console/cases/new"
TOLD = {"what": "桥头路灯不亮了", "place": "桥头", "village": "liushu", "name": "王秀英", "way": "call"}


@pytest.fixture
async def deps(deps: Deps) -> Deps:
    return await with_town_clerk(deps)


async def post(browser: httpx.AsyncClient, **told: str) -> httpx.Response:
    page = await browser.get(NEW)
    hidden = dict(re.findall(r'type="hidden" name="(csrf|key)" value="([^"]+)"', page.text))
    return await browser.post(NEW, data={**hidden, **told})


async def test_who_rings_is_written_down_as_one_who_is_known(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0101")
    answer = await post(browser, **TOLD)
    assert answer.status_code == 303
    (case,) = await rows_of(deps)
    assert (case.skill, case.kind, case.village_id) == ("village_report", "lamp", "liushu")
    assert (case.affected_id, case.wrote_id, case.channels) == ("v-0101", "c-0101", ["call"])
    page = await browser.get(answer.headers["location"])
    assert f'href="/console/cases/{case.id}"' in page.text
    assert case.number in page.text


async def test_nobody_rings_a_caller_to_say_what_was_just_said_on_the_telephone(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0101")
    await post(browser, **{**TOLD, "name": "冯老栓", "phone": "533-1199"})
    (case,) = await rows_of(deps)
    assert case.affected_id == "n-0101", "known by name and number, however it is written"
    waiting = sa.select(sa.func.count()).where(call_lines.c.state == "open")
    assert await deps.db.read(lambda tx: tx.scalar(waiting)) == 0


async def test_sent_twice_it_is_one_case_and_one_person(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0008")
    page = await browser.get(NEW)
    hidden = dict(re.findall(r'type="hidden" name="(csrf|key)" value="([^"]+)"', page.text))
    told = {**hidden, "what": "集上垃圾没人收", "name": "外乡人老赵"}
    first, second = [await browser.post(NEW, data=told) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert len(await rows_of(deps)) == 1
    named = sa.select(sa.func.count()).where(people.c.name == "外乡人老赵")
    assert await deps.db.read(lambda tx: tx.scalar(named)) == 1


async def test_without_a_name_it_is_nobodys_and_the_kind_may_be_said(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0101")
    await post(browser, what="桥头那个东西坏了", village="liushu", kind="road", urgent="1")
    (case,) = await rows_of(deps)
    assert (case.kind, case.affected_id, case.spoke_id, case.pace) == ("road", None, None, "urgent")


async def test_a_complaint_about_a_cadre_goes_past_the_village_at_the_desk_too(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0101")
    answer = await post(browser, **{**TOLD, "what": "村会计把低保给了他小舅子"})
    assert answer.status_code == 403, "nobody of 纪检 is named in this town: it is not taken, and not shown either"
    assert await rows_of(deps) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"what": " "}, "什么事"), ({"phone": "12"}, "不像电话号码"), ({"village": "taoyuan"}, "不归您看")],
)
async def test_what_is_wrong_is_said_beside_what_was_filled_in(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient, changed: dict[str, str], words: str
) -> None:
    await sign_in("c-0101")
    answer = await post(browser, **{**TOLD, **changed})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="王秀英"' in answer.text, "nothing has to be typed again"
    assert await rows_of(deps) == []


async def test_whoever_keeps_documents_only_has_no_such_page(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await sign_in("c-0009")
    assert (await browser.get(NEW)).status_code == 403
    assert "记一件" not in (await browser.get("/console/cases")).text
