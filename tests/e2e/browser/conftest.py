"""A real browser before the real sandbox: Debian's Chromium, driven by Playwright, on loopback only.

`sandbox` is a pretend DingTalk on a free port; `phones("v-0101", "c-0103")` opens those two phones side by side.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from evals.bench.phones import PLAIN
from sandbox.server import CLIENT_ID, CLIENT_SECRET, serve

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 10_000
"""Milliseconds; a loaded machine of two cores draws slowly."""

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium say how to get it."""
    missing = pytest.mark.skipif(not CHROMIUM.exists(), reason="no browser: apt-get install chromium fonts-noto-cjk")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(missing)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module: its loop must not run beside those of asynchronous tests elsewhere."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, sandbox: httpx.Client) -> Iterator[Page]:
    """A page as wide as three phones; an error in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened
    context.close()
    assert troubles == []


@pytest.fixture
def sandbox() -> Iterator[httpx.Client]:
    """A pretend DingTalk of its own, and a client of its control API."""
    with serve() as running, httpx.Client(base_url=running.url, timeout=20, verify=PLAIN) as client:
        yield client


@pytest.fixture
def robot(sandbox: httpx.Client) -> Iterator[httpx.Client]:
    """The bot's side of the wire, with a token: for tests that need an answer and no bot."""
    credentials = {"appKey": CLIENT_ID, "appSecret": CLIENT_SECRET}
    token = sandbox.post("/v1.0/oauth2/accessToken", json=credentials).json()["accessToken"]
    headers = {"x-acs-dingtalk-access-token": token}
    with httpx.Client(base_url=sandbox.base_url, headers=headers, verify=PLAIN) as client:
        yield client


@pytest.fixture
def phones(page: Page, sandbox: httpx.Client) -> Callable[..., list[Locator]]:
    """Open the phones of these people side by side."""

    def open_them(*people: str) -> list[Locator]:
        page.goto(f"{sandbox.base_url}?{'&'.join(f'as={one}' for one in people)}")
        expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=PATIENCE)
        return [page.locator(f'.phone[data-as="{one}"]') for one in people]

    return open_them


#: Finds each visible text below 18 px or below the contrast of WCAG AA (4.5 : 1) on its nearest opaque background.
HARD_TO_READ = """() => {
  const light = (rgb) => rgb.map((c) => c / 255).map((c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const [r, g, b, a = 1] = numbers(getComputedStyle(at).backgroundColor);
      if (a > .9) return [r, g, b];
      if (getComputedStyle(at).backgroundImage !== "none") return [245, 245, 240];
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest("option, optgroup")) continue;
    const style = getComputedStyle(node);
    const [one, two] = [light(numbers(style.color).slice(0, 3)), light(behind(node))];
    const contrast = (Math.max(one, two) + .05) / (Math.min(one, two) + .05);
    if (parseFloat(style.fontSize) < 18 || contrast < 4.5) {
      found.push(`${node.className}: ${node.textContent.trim().slice(0, 20)} ${style.fontSize} ${contrast.toFixed(2)}`);
    }
  }
  return found;
}"""


@pytest.fixture
def hard_to_read(page: Page) -> Callable[[], list[str]]:
    """List the texts of the page as it stands that are too small or too pale."""
    return lambda: list(page.evaluate(HARD_TO_READ))


@pytest.fixture
def type_in() -> Callable[[Locator, str], None]:
    """Type a message on a phone and send it."""

    def type_it(phone: Locator, text: str) -> None:
        phone.get_by_label("打字").fill(text)
        phone.get_by_role("button", name="发送").click()

    return type_it


@pytest.fixture
def speak() -> Callable[[Locator, str], None]:
    """Speak on a phone; `heard` is what the recognition makes of it."""

    def speak_it(phone: Locator, heard: str) -> None:
        phone.get_by_label("说话").click()
        phone.get_by_label("听成了什么").fill(heard)
        phone.get_by_role("button", name="说出去").click()
        phone.get_by_label("说话").click()

    return speak_it
