"""No statement of a day reads a table that grows with every message: it would be slower each year, unseen in a test."""

import re
import sqlite3
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.integration.bot.house import House

GROWING = {
    "inbox", "outbox", "conversations", "cases", "case_events", "case_keys", "case_people", "case_ties",
    "clocks", "tasks", "cards", "people", "person_values", "reaches", "answers_given", "circle_posts",
    "circle_acts", "papers", "paper_parts", "register_lines",
}  # fmt: skip
_VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
_SCAN = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?$")


@pytest.fixture
def asked() -> Iterator[dict[str, str]]:
    """All statements that SQLite is asked from now on, one of each kind."""
    found: dict[str, str] = {}

    def note(text: str) -> None:
        found.setdefault(_VALUE.sub("?", text), text)

    def listen(driver: sqlite3.Connection, _: object) -> None:
        driver.set_trace_callback(note)

    sa.event.listen(sa.engine.Engine, "connect", listen)
    yield found
    sa.event.remove(sa.engine.Engine, "connect", listen)


def scans(connection: sqlite3.Connection, asked: list[str]) -> list[str]:
    """Find the statements that read a growing table from its beginning; an index of what waits is short."""
    short = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
    partial = {name for (name,) in connection.execute(short)}
    found = []
    for text in asked:
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}")]
        whole = [one for one in map(_SCAN.match, steps) if one and one[1] in GROWING and one[2] not in partial]
        found += [f"{one[0]}: {text}" for one in whole]
    return found


async def test_no_statement_of_a_day_reads_a_growing_table_whole(asked: dict[str, str], house: House) -> None:
    asked.clear()  # what founded the town
    await house.says("v-0102", "村口的路灯不亮了")
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"收下 {task.code}")
    await house.says("v-0102", "发邻友圈：俺家卖三轮车，电话13812345678")
    await house.says("v-0102", "2")
    await house.says("v-0103", "高龄津贴哪天发")
    await house.says("v-0103", "我的事办到哪了")
    await house.says("v-0201", "我要开居住证明，孩子上学用，交给镇中心小学")
    await house.says("c-0101", f"办好了 {(await house.tasks_of('c-0101'))[0].code} 换了灯泡")
    await house.says("c-0101", "我的待办")
    await house.says("v-0102", "修好了")
    await house.later(hours=3)
    everyday = [text for text in asked.values() if text.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))]
    assert len(everyday) > 60
    found = await house.db.read(lambda tx: scans(_driver(tx), everyday))
    assert found == []


def _driver(tx: sa.Connection) -> sqlite3.Connection:
    driver = tx.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
