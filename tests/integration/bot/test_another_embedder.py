"""The setting DINGLIN_EMBEDDER is changed: what answers meanwhile, and what `doctor` says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.commands import asking, checkup
from bot.commands.checkup import Verdict
from bot.reading import open_backlog, open_library
from tests.integration.bot.living import settings_of
from tests.integration.knowledge.builders import TODAY
from tests.integration.knowledge.embedding_server import Served, embedding_server
from township import schema
from township.clock import SystemClock
from township.db import Database
from township.settings import Settings

MACHINE = SystemClock().machine
NOBODY = "http://127.0.0.1:9/v1#m"


@pytest.fixture
def served() -> Iterator[Served]:
    with embedding_server() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path, "http://127.0.0.1:9", embedder="hash")


@pytest.fixture
def db(settings: Settings, tmp_path: Path) -> Iterator[Database]:
    """A home in which the first embedder has answered."""
    database = Database(settings.database)
    schema.upgrade(database)
    taken = asking.ingest(settings, database, statutes(tmp_path / "a.jsonl", 20), samples=False, at=TODAY)
    assert (taken.statutes, taken.embedded, taken.mistakes) == (1, 20, ())
    yield database
    database.close_now()


def statutes(path: Path, count: int) -> Path:
    rows = [
        {"doc_id": path.stem, "article_id": f"{n}", "title": "水渠法", "text": f"第{n}号水渠清淤"} for n in range(count)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def answering(settings: Settings, db: Database) -> str:
    """Open the library as the bot does at its start, and name what answers."""
    library = open_library(settings, db)
    try:
        library.refresh(TODAY.date())
        return library.embedder.name if library.embedder else ""
    finally:
        library.close()


async def doctor(settings: Settings) -> tuple[Verdict, str]:
    found = {one.what: one for one in await checkup.look(settings, dingtalk=False)}["embedder"]
    return found.verdict, found.words


async def test_the_one_before_answers_until_the_new_one_is_ready(
    settings: Settings, db: Database, served: Served
) -> None:
    changed = settings.model_copy(update={"embedder": served.setting()})
    assert answering(changed, db) == "hash-64"
    verdict, words = await doctor(changed)
    assert verdict is Verdict.GOOD
    assert "openai:tiny" in words
    assert "20 条" in words
    assert "hash-64" in words
    work = open_backlog(changed, db, MACHINE)
    assert work is not None
    assert work.catch_up() == 20
    assert answering(changed, db) == "openai:tiny"
    verdict, words = await doctor(changed)
    assert (verdict, "hash-64" in words, "openai:tiny" in words) == (Verdict.GOOD, False, True)


async def test_a_wrong_address_leaves_the_one_before_and_is_said(
    settings: Settings, db: Database, tmp_path: Path
) -> None:
    changed = settings.model_copy(update={"embedder": NOBODY})
    assert answering(changed, db) == "hash-64"
    verdict, words = await doctor(changed)
    assert verdict is Verdict.BAD
    assert "127.0.0.1:9" in words
    assert "hash-64" in words
    taken = asking.ingest(changed, db, statutes(tmp_path / "b.jsonl", 3), samples=False, at=TODAY)
    assert taken.statutes == 1
    assert taken.is_incomplete
    assert any("127.0.0.1:9" in line for line in taken.lines())


async def test_a_wrong_key_is_said(settings: Settings, db: Database, served: Served) -> None:
    served.key = "right"
    changed = settings.model_copy(update={"embedder": served.setting(), "embedder_key": SecretStr("wrong")})
    verdict, words = await doctor(changed)
    assert verdict is Verdict.BAD
    assert "HTTP 401" in words
    assert answering(changed, db) == "hash-64"


async def test_another_model_under_the_same_name_is_said(settings: Settings, db: Database, served: Served) -> None:
    changed = settings.model_copy(update={"embedder": served.setting()})
    work = open_backlog(changed, db, MACHINE)
    assert work is not None
    work.catch_up()
    served.dimensions = 16
    verdict, words = await doctor(changed)
    assert verdict is Verdict.BAD
    assert "16" in words
    assert "32" in words


def test_the_key_of_the_one_before_is_kept_sealed(settings: Settings, db: Database, served: Served) -> None:
    served.key = "geheim"
    first = settings.model_copy(update={"embedder": served.setting(), "embedder_key": SecretStr("geheim")})
    work = open_backlog(first, db, MACHINE)
    assert work is not None
    work.catch_up()
    assert all(b"geheim" not in path.read_bytes() for path in settings.home.glob("dinglin.db*"))
    changed = settings.model_copy(update={"embedder": NOBODY, "embedder_key": SecretStr("other")})
    library = open_library(changed, db)
    assert library.embedder is not None
    assert library.embedder.embed_query("路灯").shape == (32,)
    library.close()


def test_words_only_leaves_everything_as_it_is(settings: Settings, db: Database) -> None:
    assert answering(settings.model_copy(update={"embedder": "none"}), db) == ""
    assert open_backlog(settings.model_copy(update={"embedder": "none"}), db, MACHINE) is None
    assert answering(settings, db) == "hash-64"
