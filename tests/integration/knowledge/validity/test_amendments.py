"""What a document does to others: proposed, shown, done at the second person's yes, or left to a person."""

from dataclasses import replace
from datetime import date, datetime
from functools import partial

import pytest
import sqlalchemy as sa

from knowledge import documents
from knowledge.index import ExactIndex
from knowledge.ingest import Stored, store
from knowledge.library import Library
from knowledge.models import Level, VersionState, clauses, versions
from knowledge.retriever import retrieve
from knowledge.structure import folders
from knowledge.structure.folders import About
from knowledge.validity import amendments, consequences, keeping, standing
from knowledge.validity.keeping import Group
from township.clock import SHANGHAI
from township.db import Database
from township.errors import Refused
from township.scope import Audience, Scope

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
SCOPE = Scope("town", audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))

PARKING = """示例镇停车办法
示例政发〔2025〕1号
示例镇人民政府
2025年1月1日
第一条 停车每小时收两元。
第二条 救护车停车不收费。
第三条 停车不满十五分钟的不收费。
第四条 本办法自2025年1月1日起施行。"""
MARKET = """示例镇集市摊位费办法
示例政发〔2024〕7号
示例镇人民政府
2024年3月1日
第一条 集市摊位费每天五元。
第二条 本办法自2024年3月1日起施行，有效期五年。"""
DECISION = """关于修改《示例镇停车办法》的决定
示例政发〔2026〕40号
示例镇人民政府
2026年11月20日
对《示例镇停车办法》（示例政发〔2025〕1号）作如下修改：
一、第一条修改为：“第一条　停车每小时收三元。”
二、删去第三条。
本决定自2026年12月1日起施行。《示例镇集市摊位费办法》同时废止。"""

TRIAL = """示例镇积分管理办法（试行）
示例镇人民政府
2026年5月1日
第一条 捡一袋垃圾得两分。
第二条 本办法自2026年5月1日起施行。"""
RULE = """示例镇文件管理规定
示例镇人民政府
2023年1月1日
第一条 标注试行的文件，有效期不超过2年。
第二条 本规定自2023年1月1日起施行。"""


def brought(db: Database, text: str, name: str, *, by: str = "clerk", about: About | None = None) -> Stored:
    villages = {"柳树村": "liushu"}
    source, matter = folders.source_of(text.encode(), name, town_id="town", about=about, villages=villages)
    return db.write_now(lambda tx: documents.submit(tx, source, by=by, at=AT, replaces=matter.replaces))


def confirmed(db: Database, stored: Stored) -> documents.Confirmed:
    return db.write_now(lambda tx: documents.confirm(tx, stored.version_id, by="second", at=AT))


def in_force(db: Database, text: str, name: str) -> Stored:
    stored = brought(db, text, name)
    confirmed(db, stored)
    return stored


def said(db: Database, question: str, day: date) -> str:
    """Give all that is found on a day."""
    library = Library(db, None, ExactIndex())
    library.refresh(AT.date())
    at = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
    return "\n".join(hit.text for hit in retrieve(library, question, scope=SCOPE, at=at) if hit.title != DECISION[:17])


def test_before_and_after_are_shown_to_the_second_person(sqlite_db: Database) -> None:
    for text, name in ((PARKING, "停车.txt"), (MARKET, "集市.txt")):
        in_force(sqlite_db, text, name)
    decision = brought(sqlite_db, DECISION, "决定.txt")
    shown = consequences.lines(sqlite_db.read_now(lambda tx: documents.draft(tx, decision.version_id)).consequences)
    assert shown == [
        "同时停用《示例镇集市摊位费办法》。",
        "修改《示例镇停车办法》2处：",
        "第一条　原来：停车每小时收两元。　改成：停车每小时收三元。",
        "第三条　删去：停车不满十五分钟的不收费。",
    ]
    (draft,) = sqlite_db.read_now(lambda tx: documents.drafts(tx, "town"))
    assert draft.version_id == decision.version_id, "the version that it makes is no draft of its own"
    assert "两元" in said(sqlite_db, "停车每小时收多少钱", date(2026, 12, 2)), "nothing holds before the yes"


def test_an_amendment_makes_a_version_and_leaves_the_old_one_to_its_days(db: Database) -> None:
    old = in_force(db, PARKING, "停车.txt")
    market = in_force(db, MARKET, "集市.txt")
    ended = confirmed(db, brought(db, DECISION, "决定.txt")).ended
    assert set(ended) == {old.version_id, market.version_id}
    assert "两元" in said(db, "停车每小时收多少钱", date(2026, 11, 30))
    assert "三元" in said(db, "停车每小时收多少钱", date(2026, 12, 1))
    assert "五元" in said(db, "集市摊位费每天多少钱", date(2026, 11, 30))
    assert "五元" not in said(db, "集市摊位费每天多少钱", date(2026, 12, 1))

    def paths(version: str) -> dict[str, str]:
        found = sa.select(clauses.c.path, clauses.c.text_hash).where(clauses.c.version_id == version)
        return {row.path: row.text_hash for row in db.read_now(lambda tx: tx.execute(found).all())}

    new = db.read_now(lambda tx: tx.scalar(sa.select(versions.c.id).where(versions.c.replaces_id == old.version_id)))
    before, after = paths(old.version_id), paths(str(new))
    assert after.keys() == before.keys() - {"第三条"}
    assert {path for path in after if after[path] != before[path]} == {"第一条"}, "the others keep path and vector"


def test_who_throws_the_decision_away_throws_away_what_it_would_have_made(sqlite_db: Database) -> None:
    in_force(sqlite_db, PARKING, "停车.txt")
    decision = brought(sqlite_db, DECISION, "决定.txt")
    sqlite_db.write_now(lambda tx: documents.discard(tx, decision.version_id))
    assert len(sqlite_db.read_now(lambda tx: tx.scalars(sa.select(versions.c.id)).all())) == 1
    again = brought(sqlite_db, DECISION, "决定.txt")
    assert again.is_new


def test_the_person_who_brought_a_decision_changes_nothing_alone(sqlite_db: Database) -> None:
    in_force(sqlite_db, PARKING, "停车.txt")
    decision = brought(sqlite_db, DECISION, "决定.txt")
    with pytest.raises(Refused, match="needs_second_person"):
        sqlite_db.write_now(lambda tx: documents.confirm(tx, decision.version_id, by="clerk", at=AT))
    assert "两元" in said(sqlite_db, "停车每小时收多少钱", date(2026, 12, 2))


def test_what_cannot_be_done_safely_is_listed_for_a_person(db: Database) -> None:
    in_force(db, PARKING, "停车.txt")
    unclear = DECISION.replace("二、删去第三条。", "二、第二条第一款修改为：“救护车、消防车不收费。”")
    confirmed(db, brought(db, unclear, "决定.txt"))
    texts = sa.select(clauses.c.text).join(versions, clauses.c.version_id == versions.c.id)
    parking = texts.where(versions.c.in_force_until.is_(None), clauses.c.text.contains("两元"))
    assert len(db.read_now(lambda tx: tx.scalars(parking).all())) == 1, "all or nothing"
    left = db.read_now(lambda tx: amendments.left_over(tx, "town"))
    assert {one.problem for one in left} == {"amendment_unknown", "amendment_unread"}
    assert any("库里没找到" in consequences.problem(one) for one in left)
    kept = db.read_now(lambda tx: keeping.look(tx, "town", AT.date()))
    assert Group.undone in kept[0].groups
    for one in left:
        db.write_now(partial(amendments.settle, amendment_id=one.id, town_id="town", by="second", at=AT))
    assert db.read_now(lambda tx: amendments.left_over(tx, "town")) == []


def test_a_village_cannot_end_what_the_town_has_decided(sqlite_db: Database) -> None:
    in_force(sqlite_db, PARKING, "停车.txt")
    own = "柳树村停车约定\n柳树村村民委员会\n2026年11月1日\n第一条 停车不要钱。《示例镇停车办法》同时废止。"
    about = About(level=Level.village, village="柳树村", audience=Audience.RESIDENT)
    stored = brought(sqlite_db, own, "村约.txt", about=about)
    draft = sqlite_db.read_now(lambda tx: documents.draft(tx, stored.version_id))
    assert [one.problem for one in draft.consequences] == ["amendment_not_its_own"]
    assert confirmed(sqlite_db, stored).ended == ()
    assert "两元" in said(sqlite_db, "停车每小时收多少钱", AT.date())


def test_a_document_that_comes_after_its_repeal_is_over_from_the_first(db: Database) -> None:
    in_force(db, DECISION, "决定.txt")
    in_force(db, MARKET, "集市.txt")
    assert "五元" in said(db, "集市摊位费每天多少钱", date(2026, 11, 30))
    assert "五元" not in said(db, "集市摊位费每天多少钱", date(2026, 12, 1))
    (left,) = db.read_now(lambda tx: amendments.left_over(tx, "town"))
    assert left.kind == amendments.AMENDS, "an amendment that waits is a person's work"


def test_on_trial_and_undated_are_said_and_not_guessed(sqlite_db: Database) -> None:
    trial = in_force(
        sqlite_db,
        TRIAL,
        "积分.txt",
    )
    vague = in_force(sqlite_db, "村口停车说明\n第一条 村口停车不超过两小时，过了挪走。", "说明.txt")

    def lines(stored: Stored, day: date = AT.date()) -> list[str]:
        return sqlite_db.read_now(lambda tx: standing.look(tx, [stored.version_id], day=day, today=AT.date())[1])

    assert lines(trial) == ["这份文件是试行的，可能会改。"]
    assert lines(vague) == ["文件没写有效期，2026年11月核对过。"]
    assert (
        sqlite_db.read_now(lambda tx: documents.draft(tx, brought(sqlite_db, PARKING, "停车.txt").version_id)).on_trial
        is False
    )
    row = sqlite_db.read_now(
        lambda tx: tx.execute(sa.select(versions).where(versions.c.id == trial.version_id)).mappings().one()
    )
    assert row["in_force_until"] is None


def test_the_issuers_rule_gives_a_document_on_trial_its_end(sqlite_db: Database) -> None:
    in_force(sqlite_db, RULE, "规定.txt")
    trial = brought(
        sqlite_db,
        TRIAL,
        "积分.txt",
    )
    draft = sqlite_db.read_now(lambda tx: documents.draft(tx, trial.version_id))
    assert (draft.in_force_until, draft.on_trial, draft.until_from.value) == (date(2028, 4, 30), True, "issuer_rule")


def test_what_begins_later_is_told_as_coming(sqlite_db: Database) -> None:
    old = in_force(sqlite_db, PARKING, "停车.txt")
    confirmed(sqlite_db, brought(sqlite_db, DECISION, "决定.txt"))

    def lines(day: date) -> list[str]:
        return sqlite_db.read_now(lambda tx: standing.look(tx, [old.version_id], day=day, today=AT.date())[1])

    assert lines(AT.date()) == ["要改了：2026年12月1日起按《示例镇停车办法》的新规定。"]
    assert sqlite_db.read_now(lambda tx: standing.upcoming(tx, SCOPE, AT.date())) == [date(2026, 12, 1)]


def test_the_statutes_are_touched_by_no_town(sqlite_db: Database) -> None:
    law = folders.source_of(MARKET.encode(), "法.txt", town_id="town")[0]
    shared = replace(law, town_id=None, source_key="law", level=Level.nation)
    stored = sqlite_db.write_now(lambda tx: store(tx, shared, at=AT, state=VersionState.in_force))
    confirmed(sqlite_db, brought(sqlite_db, DECISION, "决定.txt"))
    state = sqlite_db.read_now(
        lambda tx: tx.scalar(sa.select(versions.c.state).where(versions.c.id == stored.version_id))
    )
    assert state == VersionState.in_force
