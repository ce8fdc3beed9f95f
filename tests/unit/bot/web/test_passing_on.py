"""At a case's page its holder writes an address for somebody without DingTalk, sees it, and takes it back."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx
import pytest

from bot.web.doors import Deps
from tests.unit.bot.web.conftest import TOWN
from township.clock import TurnedClock
from township.db import Tx
from workflows import cases, history
from workflows.cases import Act, Opening

SignIn = Callable[..., Awaitable[httpx.Response]]
TokenIn = Callable[[httpx.Response], str]
PUBLIC = "http://desk.test"
ADDRESS = re.compile(rf'value="{PUBLIC}(/w/[0-9A-Z]{{16}})"')


@pytest.fixture
def deps(deps: Deps) -> Deps:
    return replace(deps, public_url=PUBLIC)


async def lamp(deps: Deps, clock: TurnedClock, *acts: str) -> str:
    """Report a lamp; the clerk gives it to the power company."""
    now = clock.now()
    given = {"outside": {"body": "供电所", "phone": "95598", "next_date": "2027-01-15"}}

    def call(tx: Tx) -> str:
        said = Opening(
            TOWN, "village_report", "m1", {"what": "王秀英家的路灯不亮", "kind": "lamp"}, now, spoke="v-0101"
        )
        opened = cases.open(tx, said, now=now)
        for one in acts:
            cases.act(tx, Act(TOWN, opened.case_id, one, f"t:{one}", "c-0101", given.get(one, {})), now=now)
        return opened.case_id

    return await deps.db.write(call)


async def test_an_address_is_written_shown_answered_and_gone(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps, clock: TurnedClock, token_in: TokenIn
) -> None:
    case_id = await lamp(deps, clock, "outside")
    await sign_in("c-0101")
    page = await browser.get(f"/console/cases/{case_id}")
    assert "转给没有钉钉的人" in page.text
    assert "只看得见哪一类、在哪里" in page.text
    form = {"csrf": token_in(page), "doer": "供电所小吴"}
    assert (await browser.post(f"/console/cases/{case_id}/link", data=form)).status_code == 303
    page = await browser.get(f"/console/cases/{case_id}")
    assert "这个链接已经给了供电所小吴" in page.text
    found = ADDRESS.search(page.text)
    assert found is not None
    outside = await browser.get(found[1])
    assert "路灯" in outside.text
    assert "王秀英" not in outside.text
    assert (await browser.post(found[1], data={"action": "done", "row_remark": "换了灯头"})).status_code == 200
    chain = await deps.db.read(lambda tx: history.events(tx, case_id))
    assert (chain[-1].via, chain[-1].by, chain[-1].action) == ("link", None, "done")
    page = await browser.get(f"/console/cases/{case_id}")
    assert "供电所小吴" in page.text
    assert "转给没有钉钉的人" not in page.text


async def test_at_an_outside_body_there_is_one_button_that_says_it_is_done(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps, clock: TurnedClock
) -> None:
    """Whether the clerk or the body itself says so, the villager is asked the same question."""
    case_id = await lamp(deps, clock, "outside")
    await sign_in("c-0101")
    page = await browser.get(f"/console/cases/{case_id}")
    titles = re.findall(r"<button(?: class=\"first\")?>([^<]+)</button>", page.text)
    assert [title for title in titles if "办好" in title] == ["办好了"]


async def test_what_was_sent_to_the_wrong_one_is_taken_back(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps, clock: TurnedClock, token_in: TokenIn
) -> None:
    case_id = await lamp(deps, clock, "outside")
    await sign_in("c-0101")
    form = {"csrf": token_in(await browser.get(f"/console/cases/{case_id}"))}
    await browser.post(f"/console/cases/{case_id}/link", data=form)
    found = ADDRESS.search((await browser.get(f"/console/cases/{case_id}")).text)
    assert found is not None
    await browser.post(f"/console/cases/{case_id}/link", data=form | {"back": "1"})
    assert (await browser.get(found[1])).status_code == 410
    page = await browser.get(f"/console/cases/{case_id}")
    assert ADDRESS.search(page.text) is None
    assert "写一个链接" in page.text


async def test_only_who_holds_it_and_only_in_a_stage_that_leaves_it_outside(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps, clock: TurnedClock, token_in: TokenIn
) -> None:
    case_id = await lamp(deps, clock)
    await sign_in("c-0101")
    page = await browser.get(f"/console/cases/{case_id}")
    assert "转给没有钉钉的人" not in page.text
    assert (await browser.post(f"/console/cases/{case_id}/link", data={"csrf": token_in(page)})).status_code == 403
    await sign_in("c-0102")
    page = await browser.get(f"/console/cases/{case_id}")
    assert (await browser.post(f"/console/cases/{case_id}/link", data={"csrf": token_in(page)})).status_code == 403
