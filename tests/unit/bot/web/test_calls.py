"""The call list at the console: whom to ring, in what words, and what follows from a tick."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
import sqlalchemy as sa

from bot.web.doors import Deps
from township.db import Tx
from township.ids import new_id
from workflows import cases
from workflows.cases import Act, Opening
from workflows.models import call_lines
from workflows.models import cases as case_rows

SignIn = Callable[..., Awaitable[httpx.Response]]
TokenIn = Callable[[httpx.Response], str]
TOWN = "shilizhen"


@pytest.fixture
async def to_ring(deps: Deps) -> list[str]:
    """A roof was mended for somebody without an account; returns the ids of the lines that followed."""
    now = deps.clock.now()

    def call(tx: Tx) -> list[str]:
        what = {"what": "屋顶漏雨", "kind": "house"}
        mine, old = "c-0101", "n-0101"
        opening = Opening(TOWN, "village_report", new_id(), what, now, mine, old, wrote=mine, told=(old,))
        case_id = cases.open(tx, opening, now=now).case_id
        cases.act(tx, Act(TOWN, case_id, "done", new_id(), "c-0101", {"result": "换了瓦"}), now=now)
        chosen = (
            sa.select(call_lines.c.id)
            .where(call_lines.c.state == "open")
            .order_by(call_lines.c.created_at, call_lines.c.id)
        )
        return list(tx.execute(chosen).scalars())

    return await deps.db.write(call)


async def test_the_clerk_reads_whom_to_ring_and_ticks_the_answer(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps, to_ring: list[str]
) -> None:
    await sign_in("c-0101")
    page = await browser.get("/console/calls")
    assert "冯老栓" in page.text
    assert "tel:5331199" in page.text
    assert "换了瓦" in page.text
    token = token_in(page)
    missed = {"csrf": token, "called": "not_reached"}
    assert (await browser.post(f"/console/calls/{to_ring[-1]}", data=missed)).status_code == 303
    assert "没打通 1 次" in (await browser.get("/console/calls")).text
    told = {"csrf": token, "called": "told", "answer": "fixed"}
    assert (await browser.post(f"/console/calls/{to_ring[-1]}", data=told)).status_code == 303
    result = await deps.db.read(lambda tx: tx.scalar(sa.select(case_rows.c.result)))
    assert result == "done"


async def test_the_clerk_of_another_village_has_no_such_line(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, to_ring: list[str]
) -> None:
    await sign_in("c-0201")
    page = await browser.get("/console/calls")
    assert "冯老栓" not in page.text
    assert "眼下没有要打的电话" in page.text
    told = {"csrf": token_in(page), "called": "told"}
    assert (await browser.post(f"/console/calls/{to_ring[-1]}", data=told)).status_code == 404


async def test_a_tick_of_an_earlier_notice_answers_no_later_question(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps, to_ring: list[str]
) -> None:
    assert len(to_ring) == 2
    await sign_in("c-0101")
    page = await browser.get("/console/calls")
    assert page.text.count("对方怎么说") == 1
    told = {"csrf": token_in(page), "called": "told"}
    assert (await browser.post(f"/console/calls/{to_ring[0]}", data=told)).status_code == 303
    assert await deps.db.read(lambda tx: tx.scalar(sa.select(case_rows.c.stage))) == "confirm"


async def test_a_tick_must_say_what_came_of_it(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, to_ring: list[str]
) -> None:
    await sign_in("c-0101")
    token = token_in(await browser.get("/console/calls"))
    answer = await browser.post(f"/console/calls/{to_ring[-1]}", data={"csrf": token, "called": "maybe"})
    assert answer.status_code == 422
