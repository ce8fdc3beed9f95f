"""From request to PDF and back: the sealed file reaches its person, and whoever gets it can find out if it is true."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.web.app import build
from bot.web.doors import Deps, Login
from tests.integration.bot.house import House
from tests.integration.bot.test_seals import APPLICANT, sealed
from tests.unit.workflows.seals.paper import sheets
from township.db import Tx
from workflows.seals import papers
from workflows.seals.models import papers as rows
from workflows.seals.paper import typesetting
from workflows.seals.paper.authority import Authority
from workflows.seals.paper.checking import Verdict, check_file
from workflows.seals.ports import Sheet

URL = "https://dinglin.example.cn"
NAME, ASKER, KEEPER = "居住情况证明.pdf", "v-0201", "c-0008"


async def file_of(house: House) -> tuple[str, bytes]:
    """Have a proof sealed; returns its code and the file that its person got."""
    code = await sealed(house)
    ((name, content),) = house.post.enclosed[APPLICANT]
    assert name == NAME
    return code, content


async def test_the_file_that_somebody_gets_is_sealed_and_true(house_on_both: House) -> None:
    house = house_on_both
    _, content = await file_of(house)
    checked = await asyncio.to_thread(check_file, content, house.authority, house.clock.machine())
    assert checked.verdict is Verdict.INTACT
    answer = await house.reply(ASKER, file=(NAME, content))
    assert "是真的，一个字没改过" in answer
    assert "柳树" in answer
    assert "赵兰" not in answer


async def test_one_changed_byte_is_refused(house: House) -> None:
    _, content = await file_of(house)
    changed = content[:2000] + bytes([content[2000] ^ 1]) + content[2001:]
    assert "不能当真" in await house.reply(ASKER, file=(NAME, changed))


async def test_a_seal_that_is_ours_on_a_file_that_was_never_issued_is_refused(house: House) -> None:
    _, content = await file_of(house)
    start = content.rindex(b"0" * 64, 0, content.rindex(b">", 0, content.rindex(b"/ByteRange") + 8192))
    padded = content[:start] + b"1" + content[start + 1 :]
    assert "一个字没改过" not in await house.reply(ASKER, file=(NAME, padded))


async def test_a_pdf_without_a_seal_and_anothers_seal_are_told_apart(house: House, tmp_path: Path) -> None:
    await file_of(house)
    paper = await house.db.read(_sheet)
    assert "没有电子章" in await house.reply(ASKER, file=(NAME, typesetting.typeset(paper)))
    elsewhere = Authority(tmp_path / "elsewhere")
    forged = await asyncio.to_thread(sheets.sealed, elsewhere, sheets.a_sheet(), sheets.Kept())
    assert "不是咱们镇发的" in await house.reply(ASKER, file=(NAME, forged))


async def test_a_file_that_is_no_pdf_costs_no_call(house: House) -> None:
    assert await house.reply(ASKER, file=("名单.xlsx", b"PK")) == "文件收到了。要办什么事，您说一句。"
    assert house.post.fetched == []


async def test_what_a_keeper_brings_is_still_a_document_unless_it_bears_our_seal(house: House) -> None:
    _, content = await file_of(house)
    assert "一个字没改过" in await house.reply(KEEPER, file=(NAME, content))
    heard = await house.says(KEEPER, file=("关于停水的通知.txt", "第一条 周六停水。".encode()))
    assert all("电子章" not in words for words in heard)


@pytest.mark.parametrize(
    "asked",
    [
        "这个证明是真的吗",
        "这张证明是不是真的",
        "咋知道这个证明是真是假",
        "咋核验证明",
        "有人拿了张居住证明给我，咋查真假",
        "帮我验证一下这个公章",
    ],
)
async def test_who_asks_is_told_how(house: House, asked: str) -> None:
    assert "核验码发给我" in await house.reply(ASKER, asked)


@pytest.mark.parametrize("said", ["帮我开个居住证明", "银行要俺单身证明", "俺家路灯不亮了，是真的", "这条短信是真的吗"])
async def test_other_words_are_not_taken_for_it(house: House, said: str) -> None:
    assert all("核验码发给我" not in words for words in await house.says(ASKER, said))


# --- the page behind the QR code


def browser(house: House, *, public_url: str = URL) -> httpx.AsyncClient:
    async def nobody(_: str) -> str:
        raise AssertionError

    login = Login("a", "c", "http://127.0.0.1/", nobody)
    app = build(Deps(house.db, house.clock, b"k" * 32, login, house.store, public_url))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


async def test_the_page_tells_of_the_paper_and_not_of_the_person(house_on_both: House) -> None:
    house = house_on_both
    code, _ = await file_of(house)
    async with browser(house) as page:
        shown = await page.get(f"/v/{code}")
        assert shown.status_code == 200
        for words in ("这张纸是真的", "居住情况证明", "柳树村村民委员会", "演示专用", code):
            assert words in shown.text
        assert "赵兰" not in shown.text
        typed = await page.get("/v", params={"code": code.lower().replace("-", " ")})
        assert typed.headers["location"] == f"/v/{code}"


async def test_a_file_is_compared_without_javascript(house: House) -> None:
    code, content = await file_of(house)
    async with browser(house) as page:
        same = (await page.post(f"/v/{code}", files={"file": (NAME, content)})).text
        other = (await page.post(f"/v/{code}", files={"file": (NAME, content + b" ")})).text
        large = (await page.post(f"/v/{code}", files={"file": (NAME, b"x" * 6_000_000)})).text
        none = (await page.post(f"/v/{code}", files={"file": ("", b"")})).text
    seen = re.compile(r"data-(same|other) role=\"\w+\">")
    assert [seen.findall(one) for one in (same, other, large, none)] == [["same"], ["other"], ["other"], []]
    headed = re.compile(r"data-(altered|standing)>")
    assert [headed.findall(one) for one in (same, other, large, none)] == [
        ["standing"], ["altered"], ["altered"], ["standing"]
    ]  # fmt: skip


async def test_an_unknown_code_is_not_found(house: House) -> None:
    async with browser(house) as page:
        for code in ("7K3M-9QXD-TT2P", "x", "<script>alert(1)</script>", "../../etc/passwd"):
            shown = await page.get(f"/v/{code}")
            assert shown.status_code == 404
            assert "<script>alert" not in shown.text


async def test_who_tries_codes_is_soon_told_to_wait(house: House) -> None:
    async with browser(house) as page:
        answers = [(await page.get(f"/v/7K3M-9QXD-TT{n:02}")).status_code for n in range(22, 37)]
        assert answers[0] == 404
        assert answers[-1] == 429
        flood = [await page.get("/v") for _ in range(70)]
    assert flood[-1].status_code == 429
    assert flood[-1].headers["retry-after"] == "600"


async def test_without_a_public_address_there_is_no_page(house: House) -> None:
    async with browser(house, public_url="") as page:
        assert (await page.get("/v")).status_code == 404
        assert (await page.get("/h5/static/h5.css")).status_code == 404


async def test_a_page_is_light(house: House) -> None:
    code, _ = await file_of(house)
    async with browser(house) as page:
        shown = await page.get(f"/v/{code}")
        parts = [await page.get(path) for path in re.findall(r'(?:src|href)="(/h5/[^"]+)"', shown.text)]
    assert len(parts) == 2
    assert sum(len(one.content) for one in (shown, *parts)) <= 40_000
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]


@pytest.mark.parametrize("ground", ["--paper", "--sheet"])
@pytest.mark.parametrize("ink", ["--ink", "--soft", "--pine", "--clay", "--honey"])
def test_type_is_dark_enough_and_large_enough(ink: str, ground: str) -> None:
    css = Path("bot/web/h5/static/h5.css").read_text("utf-8")
    colours = dict(re.findall(r"(--\w+): (#\w+);", css))
    light, dark = _luminance(colours[ground]), _luminance(colours[ink])
    assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert min(float(size) for size in re.findall(r"(?:font-size: |font: 400 )(\d+)px", css)) >= 18


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * one for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _sheet(tx: Tx) -> Sheet:
    return papers.sheet(tx, tx.execute(sa.select(rows.c.id)).scalar_one())
