"""Contradictions are found, judged by a person, gone with a new version, and never found among statutes."""

from datetime import date, datetime
from functools import partial

import pytest

from knowledge import documents, facts
from knowledge.facts import Fact
from knowledge.ingest import store
from knowledge.models import Level, VersionState
from knowledge.validity import contradictions
from tests.integration.knowledge.builders import a_source
from township.clock import SHANGHAI
from township.db import Database
from township.errors import Refused

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
OTHERS = ("路灯由村委会管，坏了报修。", "垃圾桶满了告诉保洁员。", "结婚登记到县里办。", "村账每季度公开。")


def put(db: Database, title: str, text: str, **about: object) -> None:
    source = a_source(title, text, **about)
    stored = db.write_now(partial(store, source=source, at=AT, state=VersionState.in_force))
    db.write_now(partial(documents.take_effect, stored=stored, source=source, at=AT))


def filled(db: Database) -> None:
    for n, text in enumerate(OTHERS):
        put(db, f"别的事{n}", text)
    put(db, "供水办法", "居民水费每吨2.6元。")
    put(db, "水费通知", "居民水费每吨2.8元，两个月抄一次表。")


def look(db: Database) -> int:
    return contradictions.look(db, "town", at=AT, day=AT.date())


def listed(db: Database, state: str = contradictions.OPEN) -> list[set[str]]:
    found = db.read_now(lambda tx: contradictions.listed(tx, "town", state=state))
    return [{one.first.says, one.second.says} for one in found]


def test_both_clauses_stand_side_by_side(db: Database) -> None:
    filled(db)
    assert look(db) == look(db) == 1
    (one,) = db.read_now(lambda tx: contradictions.listed(tx, "town"))
    assert {(side.title, side.says) for side in (one.first, one.second)} == {
        ("供水办法", "2.6元"),
        ("水费通知", "2.8元"),
    }
    assert "两个月" in one.first.text + one.second.text


def test_a_persons_word_holds_until_a_text_changes(sqlite_db: Database) -> None:
    filled(sqlite_db)
    look(sqlite_db)
    (one,) = sqlite_db.read_now(lambda tx: contradictions.listed(tx, "town"))
    settle = partial(contradictions.keep, contradiction_id=one.id, by="keeper", at=AT)
    with pytest.raises(Refused, match="contradiction_settled"):
        sqlite_db.write_now(partial(settle, town_id="elsewhere"))
    sqlite_db.write_now(partial(settle, town_id="town"))
    assert look(sqlite_db) == 0
    assert listed(sqlite_db) == []
    assert listed(sqlite_db, contradictions.KEPT) == [{"2.6元", "2.8元"}]
    put(sqlite_db, "水费通知", "居民水费每吨2.9元，两个月抄一次表。")
    assert look(sqlite_db) == 1
    assert listed(sqlite_db) == [{"2.6元", "2.9元"}]


def test_what_was_put_right_is_gone_and_comes_again_if_it_does(sqlite_db: Database) -> None:
    filled(sqlite_db)
    look(sqlite_db)
    put(sqlite_db, "水费通知", "居民水费每吨2.6元，两个月抄一次表。")
    assert look(sqlite_db) == 0
    assert listed(sqlite_db, contradictions.GONE) == [{"2.6元", "2.8元"}]
    put(sqlite_db, "水费说明", "居民水费每吨2.8元，两个月抄一次表。", in_force_from=date(2027, 1, 1))
    assert look(sqlite_db) == 2, "also with what is to come, of each document that says otherwise"


def test_the_facts_sheet_is_held_against_the_documents(sqlite_db: Database) -> None:
    filled(sqlite_db)
    rows = [
        Fact(("水费多少钱一吨", "自来水多少钱"), "居民水费每吨2.5元。"),
        Fact(("水费咋交",), "居民水费每吨2.4元，手机交。"),
    ]
    sqlite_db.write_now(partial(facts.store, town_id="town", rows=rows, at=AT))
    look(sqlite_db)
    found = sqlite_db.read_now(lambda tx: contradictions.listed(tx, "town"))
    beside = [one for one in found if "本镇常用事实" in (one.first.title, one.second.title)]
    assert beside
    assert all({one.first.title, one.second.title} != {"本镇常用事实"} for one in found)


def test_statutes_and_drafts_are_not_compared(sqlite_db: Database) -> None:
    filled(sqlite_db)
    put(sqlite_db, "水法", "居民水费每吨3.3元。", town_id=None, level=Level.nation)
    draft = a_source("又一份", "居民水费每吨3.5元。")
    sqlite_db.write_now(partial(documents.submit, source=draft, by="clerk", at=AT))
    look(sqlite_db)
    assert listed(sqlite_db) == [{"2.6元", "2.8元"}]
