"""The keeper's list at the console: what documents lack, what contradicts, and a person's word on it."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial

import httpx
import pytest

from bot.web.doors import Deps
from knowledge import documents, ingest
from knowledge.models import VersionState
from knowledge.structure import folders
from knowledge.validity import contradictions, keeping
from knowledge.validity.keeping import Group

SignIn = Callable[..., Awaitable[httpx.Response]]
TokenIn = Callable[[httpx.Response], str]
PAGE = "/console/documents/keeping"
WATER = """示例镇水费办法
示例政发〔2026〕1号
示例镇人民政府
2026年1月1日
第一条 居民水费每吨2.6元。
第二条 本办法自2026年1月1日起施行，有效期至2026年12月31日。"""
NOTICE = """示例镇水费通知
示例镇人民政府
2026年6月1日
第一条 居民水费每吨2.8元。
第二条 本通知自2026年6月1日起施行。"""
OVER = """示例镇扫雪办法
示例政发〔2025〕2号
示例镇人民政府
2025年1月1日
第一条 扫雪每天五十元。
第二条 本办法自2025年1月1日起施行，有效期一年。"""


async def filled(deps: Deps) -> None:
    for n, text in enumerate((WATER, NOTICE, OVER)):
        source, _ = folders.source_of(text.encode(), f"{n}.txt", town_id="shilizhen")
        at = deps.clock.now()
        stored = await deps.db.write(partial(ingest.store, source=source, at=at, state=VersionState.in_force))
        await deps.db.write(partial(documents.take_effect, stored=stored, source=source, at=at))
    contradictions.look(deps.db, "shilizhen", at=deps.clock.now(), day=date(2026, 11, 23))


async def test_what_each_document_lacks_stands_with_what_to_do(
    browser: httpx.AsyncClient, deps: Deps, sign_in: SignIn
) -> None:
    await filled(deps)
    await sign_in("c-0008")
    page = (await browser.get(PAGE)).text
    for words in ("60天内到期 1", "过期了 1", "没有有效期 1", "没有文号 1", "互相打架 1", "2.6元", "2.8元"):
        assert words in page
    assert "问发文单位续不续" in page
    only = (await browser.get(PAGE, params={"group": "expired"})).text
    assert "示例镇扫雪办法" in only
    assert "示例镇水费通知" not in only


@pytest.mark.parametrize(
    ("today", "is_told"),
    [(date(2026, 10, 31), False), (date(2026, 11, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
async def test_the_keeper_is_told_sixty_days_before(deps: Deps, today: date, is_told: bool) -> None:
    await filled(deps)
    kept = await deps.db.read(lambda tx: keeping.look(tx, "shilizhen", today))
    assert any(Group.runs_out in one.groups for one in kept if one.title == "示例镇水费办法") is is_told


async def test_a_person_says_that_two_clauses_do_not_contradict(
    browser: httpx.AsyncClient, deps: Deps, sign_in: SignIn, token_in: TokenIn
) -> None:
    await filled(deps)
    await sign_in("c-0008")
    page = await browser.get(PAGE)
    (one,) = await deps.db.read(lambda tx: contradictions.listed(tx, "shilizhen"))
    token = token_in(page)
    given = {"csrf": token, "contradiction": one.id, "group": "contradicts"}
    assert (await browser.post(PAGE, data=given)).status_code == 303
    assert "没有打架的" in (await browser.get(PAGE)).text
    again = await browser.post(PAGE, data=given)
    assert again.status_code == 403
    assert contradictions.look(deps.db, "shilizhen", at=deps.clock.now(), day=date(2026, 11, 23)) == 0


async def test_only_keepers_see_the_list(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("c-0101")
    assert (await browser.get(PAGE)).status_code == 403
