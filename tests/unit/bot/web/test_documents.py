"""Documents at the console: one brings a file, another puts it in force, everybody else only reads."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
import sqlalchemy as sa

from bot.web.doors import Deps
from knowledge.models import documents, versions
from workflows.models import cases, tasks

SignIn = Callable[..., Awaitable[httpx.Response]]
TokenIn = Callable[[httpx.Response], str]
NOTICE = """# 示例镇路灯管护办法（样例）

示例政发〔2026〕31号

第一条 村里的路灯由村委会管，坏了两天内修好。

第二条 本办法自2026年12月1日起施行。
""".encode()


async def bring(browser: httpx.AsyncClient, token: str, data: bytes, name: str = "路灯.md") -> httpx.Response:
    return await browser.post("/console/documents", data={"csrf": token}, files={"file": (name, data)})


async def test_a_second_person_puts_a_document_in_force(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn
) -> None:
    await sign_in("c-0008")
    brought = await bring(browser, token_in(await browser.get("/console/documents")), NOTICE)
    assert brought.status_code == 303
    path = brought.headers["location"].partition("?")[0]
    preview = await browser.get(brought.headers["location"])
    assert "示例政发〔2026〕31号" in preview.text
    assert "村里的路灯由村委会管" in preview.text
    alone = await browser.post(path, data={"csrf": token_in(preview), "act": "confirm"})
    assert alone.status_code == 403
    assert "另一位同事" in alone.text
    await sign_in("c-0009")
    token = token_in(await browser.get(path))
    assert (await browser.post(path, data={"csrf": token, "act": "confirm"})).status_code == 303
    shelf = await browser.get("/console/documents", params={"q": "路灯"})
    assert "还没到日子" in shelf.text
    assert "等人核对" not in shelf.text


async def test_a_draft_can_be_thrown_away(browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn) -> None:
    await sign_in("c-0008")
    token = token_in(await browser.get("/console/documents"))
    path = (await bring(browser, token, NOTICE)).headers["location"].partition("?")[0]
    await browser.post(path, data={"csrf": token, "act": "discard"})
    assert (await browser.get(path)).status_code == 404


async def test_a_file_that_cannot_be_read_is_named(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn
) -> None:
    await sign_in("c-0008")
    token = token_in(await browser.get("/console/documents"))
    for data, name, words in (
        (b"", "空.md", "没有字"),
        (b"x" * 50, "怪.xyz", "还不会看"),
        (b"PK\x03\x04" + b"x" * 200, "坏.docx", "打不开"),
        (b"PK", "短.docx", "读不了"),
    ):
        answer = await bring(browser, token, data, name)
        assert answer.status_code == 422
        assert name in answer.text
        assert words in answer.text


async def test_a_huge_file_is_refused(browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn) -> None:
    await sign_in("c-0008")
    token = token_in(await browser.get("/console/documents"))
    answer = await bring(browser, token, b"a" * (50 * 2**20), "大.txt")
    assert answer.status_code == 422
    assert "超过 20 MB" in answer.text


async def test_who_does_not_keep_documents_only_reads(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn
) -> None:
    await sign_in("c-0101")
    page = await browser.get("/console/documents")
    assert "传一份新的" not in page.text
    assert (await bring(browser, token_in(page), NOTICE)).status_code == 403


async def test_the_second_person_is_asked_by_a_case_and_the_original_is_kept(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps
) -> None:
    await sign_in("c-0008")
    brought = await bring(browser, token_in(await browser.get("/console/documents")), NOTICE)
    path = brought.headers["location"].partition("?")[0]
    assert "已经请 丁一 看了" in (await browser.get(path)).text
    asked = await deps.db.read(lambda tx: tx.execute(sa.select(tasks)).mappings().one())
    assert asked["person_id"] == "c-0009"
    kept = await deps.db.read(lambda tx: tx.scalar(sa.select(versions.c.file_path)))
    assert deps.files.path(str(kept).rpartition("/")[2]).read_bytes() == NOTICE
    await sign_in("c-0009")
    token = token_in(await browser.get(path))
    unexplained = await browser.post(path, data={"csrf": token, "act": "discard", "key": "1"})
    assert unexplained.status_code == 422
    await browser.post(path, data={"csrf": token, "act": "confirm", "key": "2"})
    case = await deps.db.read(lambda tx: tx.execute(sa.select(cases)).mappings().one())
    assert (case["skill"], case["result"]) == ("document_review", "done")


@pytest.mark.parametrize(("said", "warns"), [("打 13912345678 找李明", True), ("打 533-1234 找值班室", False)])
async def test_both_persons_see_that_a_private_number_stands_in_it(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, said: str, warns: bool
) -> None:
    await sign_in("c-0008")
    notice = NOTICE + f"\n第九条 有事{said}。\n".encode()
    brought = await bring(browser, token_in(await browser.get("/console/documents")), notice)
    path = brought.headers["location"].partition("?")[0]
    for who in ("c-0008", "c-0009"):
        await sign_in(who)
        assert ("里面有个人的手机号" in (await browser.get(path)).text) is warns


async def test_a_document_of_a_village_says_which_and_who_may_hear_it(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps
) -> None:
    await sign_in("c-0008")
    token = token_in(await browser.get("/console/documents"))
    given, files = {"csrf": token, "level": "village", "audience": "resident"}, {"file": ("路灯.md", NOTICE)}
    assert "要选是哪个村" in (await browser.post("/console/documents", data=given, files=files)).text
    given["village"] = "liushu"
    assert (await browser.post("/console/documents", data=given, files=files)).status_code == 303
    row = await deps.db.read(lambda tx: tx.execute(sa.select(documents)).mappings().one())
    assert (row["level"], row["village_id"], row["audience"]) == ("village", "liushu", "resident")
