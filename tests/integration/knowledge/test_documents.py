"""The life of a document: a draft, a second person, in force, replaced and still citable as of its dates."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from knowledge import documents, intake
from knowledge.answers import Answerer
from knowledge.index import ExactIndex
from knowledge.ingest import Stored
from knowledge.library import Library
from knowledge.structure import folders
from knowledge.structure.folders import About
from township.clock import SHANGHAI
from township.db import Database
from township.errors import Mistake, Refused
from township.scope import Audience, Scope

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
SCOPE = Scope("town", audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
SAMPLES = Path(folders.__file__).parents[1] / "samples"

OLD = """示例镇停车办法
示例政发〔2025〕1号
示例镇人民政府
2025年1月1日
第一条 停车每小时收两元。
第二条 本办法自2025年1月1日起施行。"""
NEW = """示例镇停车办法
示例政发〔2026〕30号
示例镇人民政府
2026年11月20日
第一条 停车每小时收三元。
第二条 本办法自2026年12月1日起施行。《示例镇停车办法》（示例政发〔2025〕1号）同时废止。"""


def submit(db: Database, text: str, by: str = "clerk", name: str = "停车.txt") -> Stored:
    source, matter = folders.source_of(text.encode(), name, town_id="town")
    return db.write_now(lambda tx: documents.submit(tx, source, by=by, at=AT, replaces=matter.replaces))


def confirm(db: Database, version_id: str, by: str = "second") -> documents.Confirmed:
    return db.write_now(lambda tx: documents.confirm(tx, version_id, by=by, at=AT))


def said(db: Database, day: date) -> str:
    library = Library(db, None, ExactIndex())
    library.refresh(AT.date())
    at = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
    return Answerer(library).answer("停车每小时收多少钱", scope=SCOPE, at=at).text


def test_a_draft_is_shown_but_not_told(db: Database) -> None:
    stored = submit(db, OLD)
    draft = db.read_now(lambda tx: documents.draft(tx, stored.version_id))
    assert (draft.title, draft.doc_no, draft.clause_count) == ("示例镇停车办法", "示例政发〔2025〕1号", 2)
    assert draft.first_clauses[0] == "第一条 停车每小时收两元。"
    assert [each.version_id for each in db.read_now(lambda tx: documents.drafts(tx, "town"))] == [stored.version_id]
    assert "两元" not in said(db, AT.date())


def test_a_second_person_puts_it_in_force(db: Database) -> None:
    version = submit(db, OLD).version_id
    with pytest.raises(Refused, match="needs_second_person"):
        confirm(db, version, by="clerk")
    assert "两元" not in said(db, AT.date())
    confirm(db, version)
    assert "两元" in said(db, AT.date())
    with pytest.raises(Refused, match="version_not_draft"):
        confirm(db, version, by="third")
    assert db.read_now(lambda tx: documents.drafts(tx, "town")) == []


def test_the_old_rule_holds_until_the_new_one_begins(db: Database) -> None:
    old = submit(db, OLD).version_id
    confirm(db, old)
    new = submit(db, NEW, name="停车新.txt").version_id
    assert db.read_now(lambda tx: documents.draft(tx, new)).replaces == "示例镇停车办法"
    assert confirm(db, new).ended == (old,)
    assert "两元" in said(db, date(2026, 11, 30))
    assert "三元" in said(db, date(2026, 12, 1))
    assert "两元" in said(db, date(2025, 6, 1))


def test_a_draft_may_be_thrown_away_but_not_what_was_in_force(db: Database) -> None:
    version = submit(db, OLD).version_id
    db.write_now(lambda tx: documents.discard(tx, version))
    with pytest.raises(Mistake, match="version_unknown"):
        db.read_now(lambda tx: documents.draft(tx, version))
    version = submit(db, OLD).version_id
    confirm(db, version)
    with pytest.raises(Refused, match="version_not_draft"):
        db.write_now(lambda tx: documents.discard(tx, version))


def test_the_same_file_twice_is_one_draft(db: Database) -> None:
    assert submit(db, OLD).version_id == submit(db, OLD).version_id
    assert len(db.read_now(lambda tx: documents.drafts(tx, "town"))) == 1


def test_a_file_without_a_clause_is_refused() -> None:
    with pytest.raises(Mistake, match="nothing_to_cite"):
        folders.source_of("# 只有一个很长很长的标题的文件通知".encode(), "a.md", town_id="town")
    with pytest.raises(Mistake, match="manifest_village"):
        folders.source_of(OLD.encode(), "a.txt", town_id="town", about=About(village="东海村"))


def a_folder(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, text in files.items():
        (path / f"{name}.txt").write_text(text, "utf-8")
    return path


def test_a_bad_file_is_named_and_the_rest_goes_on(sqlite_db: Database, tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "files", good=OLD, empty="", vague="今天下午开会，大家都来，不要迟到。")
    (folder / "broken.docx").write_bytes(b"not a document")
    report = intake.take_folder(sqlite_db, folder, town_id="town", villages={}, at=AT)
    assert set(report.taken) == {"good.txt", "vague.txt"}
    assert {(name, mistake.code) for name, mistake in report.refused} == {
        ("empty.txt", "file_empty"),
        ("broken.docx", "file_mislabelled"),
    }
    assert dict(report.incomplete)["vague.txt"][0] == "doc_no"


def test_taking_a_folder_twice_changes_nothing(sqlite_db: Database) -> None:
    villages = {name: name for name in folders.manifest(SAMPLES).canaries}
    first = intake.take_folder(sqlite_db, SAMPLES, town_id="town", villages=villages, at=AT)
    again = intake.take_folder(sqlite_db, SAMPLES, town_id="town", villages=villages, at=AT + timedelta(days=1))
    assert len(first.taken) == len(again.unchanged) >= 25
    assert (first.facts_changed, again.facts_changed) == (60, 0)
    assert first.refused == first.incomplete == first.fact_mistakes == again.taken == ()


def test_a_wrong_manifest_is_explained(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text("files:\n  a.txt: {audience: everybody}\n", "utf-8")
    with pytest.raises(Mistake, match="manifest_wrong") as caught:
        folders.manifest(tmp_path)
    assert caught.value.values["place"] == "files.a.txt.audience"
