"""Documents become rows once; vectors are made once."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from knowledge.embeddings import Floats, HashEmbedder
from knowledge.ingest import store
from knowledge.models import clauses, documents, versions
from knowledge.search.vectors import embed_missing, missing, raise_generation, read_generations
from knowledge.structure import statutes
from tests.integration.knowledge.builders import TODAY, a_source, put
from township.db import Database
from township.errors import Mistake
from township.scope import Audience


def count(db: Database, table: sa.Table) -> int:
    return db.read_now(lambda tx: tx.scalar(sa.select(sa.func.count()).select_from(table))) or 0


def ids(db: Database) -> list[str]:
    return db.read_now(lambda tx: list(tx.scalars(sa.select(clauses.c.id).order_by(clauses.c.id))))


def test_the_same_content_again_changes_nothing(db: Database) -> None:
    source = a_source("低保办法", "申请低保到村委会。", "每年复核一次。")
    [first] = put(db, source)
    before = ids(db), db.read_now(read_generations)
    [second] = put(db, source)
    assert first.is_new
    assert not second.is_new
    assert (ids(db), db.read_now(read_generations)) == before
    assert count(db, documents) == 1


def test_ids_are_the_same_in_another_database(sqlite_db: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    other.create_all()
    for database in (sqlite_db, other):
        put(database, a_source("低保办法", "申请低保到村委会。"))
    assert ids(sqlite_db) == ids(other)
    other.close_now()


def test_new_content_ends_the_old_version_on_the_day_before(db: Database) -> None:
    put(db, a_source("低保办法", "每月600元。", in_force_from=date(2025, 1, 1)))
    put(db, a_source("低保办法", "每月700元。", in_force_from=date(2026, 7, 1)))
    rows = db.read_now(lambda tx: tx.execute(sa.select(versions).order_by(versions.c.in_force_from)).all())
    assert [(row.state, row.in_force_until) for row in rows] == [
        ("replaced", date(2026, 6, 30)),
        ("in_force", None),
    ]


def test_a_changed_audience_is_written_without_a_new_version(db: Database) -> None:
    put(db, a_source("值班制度", "值班不离岗。"))
    before = db.read_now(read_generations)["town"]
    put(db, a_source("值班制度", "值班不离岗。", audience=Audience.CADRE))
    assert count(db, versions) == 1
    assert db.read_now(lambda tx: tx.scalar(sa.select(documents.c.audience))) == "cadre"
    assert db.read_now(read_generations)["town"] > before


def test_a_draft_ends_nothing(db: Database) -> None:
    put(db, a_source("低保办法", "每月600元。"))
    db.write_now(partial(store, source=a_source("低保办法", "每月700元。"), at=TODAY))
    states = db.read_now(lambda tx: sorted(tx.scalars(sa.select(versions.c.state))))
    assert states == ["draft", "in_force"]


class Dying(HashEmbedder):
    """Dies after some texts, as a killed process does."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after, self.made = after, 0

    def embed_passages(self, texts: Sequence[str]) -> Floats:
        if self.made >= self.after:
            raise KeyboardInterrupt
        self.made += len(texts)
        return super().embed_passages(texts)


def test_a_killed_run_goes_on_where_it_stopped(db: Database) -> None:
    texts = [f"第{n}件事" for n in range(600)]
    db.write_now(partial(store, source=a_source("长", *texts), at=TODAY))
    with pytest.raises(KeyboardInterrupt):
        embed_missing(db, Dying(after=300))
    left = len(db.read_now(lambda tx: missing(tx, HashEmbedder().name)))
    assert 0 < left < 600
    seen: list[tuple[int, int]] = []
    assert embed_missing(db, HashEmbedder(), lambda done, of: seen.append((done, of))) == left
    assert seen[-1] == (left, left)
    assert embed_missing(db, Dying(after=0)) == 0


def test_a_generation_only_rises(db: Database) -> None:
    for _ in range(3):
        db.write_now(lambda tx: raise_generation(tx, "town"))
    assert db.read_now(read_generations) == {"town": 3}


def write_statutes(
    folder: Path, *, expired: bool = False, title: str = "土地法", category: str = "", article: str = "a#"
) -> Path:
    rows = [
        {
            "doc_id": "a",
            "article_id": f"{article}{n}",
            "title": title,
            "article_no": f"第{n}条",
            "chapter": "",
            "text": f"土地{n}",
        }
        for n in (1, 2, 3)
    ]
    path = folder / "corpus.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    beside = {"doc_id": "a", "title": title, "category": category, "date": "2020-01-01", "expired": expired}
    (folder / statutes.BESIDE).write_text(json.dumps(beside), "utf-8")
    return path


def test_statutes_enter_shared_with_their_date(db: Database, tmp_path: Path) -> None:
    path = write_statutes(tmp_path)
    read: list[int] = []
    assert statutes.ingest(db, path, at=TODAY, progress=read.append) == 1
    assert statutes.ingest(db, path, at=TODAY) == 0
    version = db.read_now(lambda tx: tx.execute(sa.select(versions)).one())
    assert (version.town_id, version.state, version.in_force_from) == (None, "in_force", date(2020, 1, 1))
    assert sum(read) == 3


def test_a_statute_that_ran_out_is_repealed(db: Database, tmp_path: Path) -> None:
    statutes.ingest(db, write_statutes(tmp_path, expired=True), at=TODAY)
    assert db.read_now(lambda tx: tx.scalar(sa.select(versions.c.state))) == "repealed"


@pytest.mark.parametrize(
    ("title", "category", "level"),
    [
        ("中华人民共和国土地管理法", "经济法", "nation"),
        ("上海航运交易所管理规定", "行政法规", "nation"),
        ("某某省宅基地条例", "某某地方法规", "province"),
        ("示范市养犬管理条例", "某某地方法规", "city"),
        ("示范自治县水资源条例", "某某地方法规", "county"),
        ("城市绿化条例", "某某地方法规", "province"),
        ("土地法", "", "nation"),
    ],
)
def test_local_laws_enter_at_the_level_of_their_place(
    sqlite_db: Database, tmp_path: Path, title: str, category: str, level: str
) -> None:
    statutes.ingest(sqlite_db, write_statutes(tmp_path, title=title, category=category), at=TODAY)
    assert sqlite_db.read_now(lambda tx: tx.scalar(sa.select(documents.c.level))) == level


def test_level_of_what_was_stored_before_is_put_right_without_a_new_version(
    sqlite_db: Database, tmp_path: Path
) -> None:
    statutes.ingest(sqlite_db, write_statutes(tmp_path, title="某某省土地条例"), at=TODAY)
    assert (
        statutes.ingest(sqlite_db, write_statutes(tmp_path, title="某某省土地条例", category="地方法规"), at=TODAY) == 0
    )
    assert sqlite_db.read_now(lambda tx: tx.scalar(sa.select(documents.c.level))) == "province"
    assert count(sqlite_db, versions) == 1


def test_deep_paths_fit_their_column_and_stay_apart(db: Database, tmp_path: Path) -> None:
    assert statutes.ingest(db, write_statutes(tmp_path, article="第一编 总则/" * 40 + "a#"), at=TODAY) == 1
    long = "/".join(["很长的标题" * 8] * 6)
    source = a_source("深", "一。", "二。")
    deep = [replace(clause, path=f"{top}/{long}") for clause, top in zip(source.clauses, "甲乙", strict=True)]
    put(db, replace(source, clauses=deep))
    paths = db.read_now(lambda tx: list(tx.scalars(sa.select(clauses.c.path))))
    assert len(set(paths)) == 5
    assert max(map(len, paths)) <= 200


def test_a_broken_line_is_named(sqlite_db: Database, tmp_path: Path) -> None:
    path = write_statutes(tmp_path)
    path.write_text(path.read_text("utf-8") + "\nnot json", "utf-8")
    with pytest.raises(Mistake, match=r"bad_line.*corpus\.jsonl.*line=4"):
        statutes.ingest(sqlite_db, path, at=TODAY)
