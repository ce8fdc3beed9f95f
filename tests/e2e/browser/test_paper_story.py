"""A proof of residence in the browser: asked for, checked, approved, sealed; its file and its code are verified."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from evals.bench.children import free_port

Phones = Callable[..., list[Locator]]
Say = Callable[[Locator, str], None]
VILLAGER, CHECKER, HEAD, CUSTODIAN, SCHOOL = "v-0103", "c-0103", "c-0102", "c-0010", "v-0201"
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


@pytest.fixture(scope="module")
def office(make_town: Any) -> Iterator[Any]:
    """A town with pages for everybody's telephone."""
    port = str(free_port())
    with make_town(port=port, public_url=f"http://127.0.0.1:{port}") as town:
        town.public = f"http://127.0.0.1:{port}"
        yield town


@pytest.fixture
def sandbox(office: Any) -> Iterator[httpx.Client]:
    """The pretend DingTalk in which the app of this module lives."""
    with httpx.Client(base_url=office.url, timeout=20) as client:
        yield client


def press(phone: Locator, name: str) -> None:
    """Press a button of the newest card on a phone."""
    button = phone.locator(".card").last.get_by_role("button", name=name, exact=True)
    expect(button).to_be_visible()
    button.click()


def asks(phone: Locator, type_in: Say) -> None:
    """Ask for the proof as people do."""
    for words, answer in (
        ("帮我开个居住证明", "做什么用|办什么|用途|用来"),
        ("孩子上学", "交给|哪个单位|给谁"),
        ("县第一小学", "记下了|网格员|核实"),
    ):
        type_in(phone, words)
        expect(phone.locator(".message:not(.mine) .bubble").last).to_contain_text(re.compile(answer))


def test_a_paper_goes_from_request_to_file_and_its_code_is_verified(
    page: Page, office: Any, phones: Phones, type_in: Say, hard_to_read: Callable[[], list[str]], tmp_path: Path
) -> None:
    villager, checker = phones(VILLAGER, CHECKER)
    asks(villager, type_in)
    press(checker, "情况属实")
    head, custodian = phones(HEAD, CUSTODIAN)
    press(head, "同意")
    press(custodian, "盖章")
    (villager,) = phones(VILLAGER)
    file = villager.locator("a.file", has_text="居住情况证明.pdf")
    expect(file).to_be_visible()
    code = CODE.search(office.expect(VILLAGER, "盖好章了")["text"])
    assert code
    media = next(one["media"][0] for one in office.heard(VILLAGER) if one["type"] == "file")
    got = httpx.get(f"{office.url}/_sandbox/media/{media}", trust_env=False)
    assert got.headers["content-type"] == "application/pdf"
    paper = tmp_path / "居住情况证明.pdf"
    paper.write_bytes(got.content)
    _is_signed(paper)
    # who was given the paper asks the bot, by its code and by its file
    office.say(SCHOOL, code[0])
    assert "赵兰" not in office.expect(SCHOOL, "这张纸是真的")["text"]
    with paper.open("rb") as content:
        posted = httpx.post(f"{office.url}/_sandbox/media", files={"file": (paper.name, content)}, trust_env=False)
    office.say(SCHOOL, file={"media": posted.json()["mediaId"], "name": paper.name})
    office.expect(SCHOOL, "一个字没改过")
    # and looks at the page behind the QR code
    page.goto(f"{office.public}/v/{code[0]}")
    expect(page.get_by_role("heading", name="这张纸是真的")).to_be_visible()
    page.get_by_label("选 PDF 文件").set_input_files(paper)
    expect(page.get_by_text("一模一样，一个字没改过")).to_be_visible()
    assert hard_to_read() == []
    changed = tmp_path / "另一份.pdf"
    changed.write_bytes(got.content[:2000] + bytes([got.content[2000] ^ 1]) + got.content[2001:])
    page.get_by_label("选 PDF 文件").set_input_files(changed)
    expect(page.get_by_text("跟盖章时的不一样，不能当真")).to_be_visible()
    expect(page.get_by_role("heading", name="您选的文件改过")).to_be_visible()
    expect(page.get_by_role("heading", name="这张纸是真的")).to_have_count(0)
    assert hard_to_read() == []
    page.get_by_label("选 PDF 文件").set_input_files(paper)
    expect(page.get_by_role("heading", name="这张纸是真的")).to_be_visible()
    page.goto(f"{office.public}/v")
    page.get_by_label("12 位核验码").fill("7K3M-9QXD-TT2P")
    page.get_by_role("button", name="查一查").click()
    expect(page.get_by_role("heading", name="没有查到")).to_be_visible()


def _is_signed(paper: Path) -> None:
    if shutil.which("pdfsig"):
        found = subprocess.run(["pdfsig", "-nocert", paper], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid." in found
        assert "Total document signed" in found
