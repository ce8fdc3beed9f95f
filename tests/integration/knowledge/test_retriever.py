"""Retrieval over real rows and a real index: who sees what, as of when, and what changes do."""

import random
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from knowledge.embeddings import HashEmbedder
from knowledge.index import ChromaIndex, ExactIndex
from knowledge.ingest import store
from knowledge.library import Library
from knowledge.models import Level, VersionState, documents
from knowledge.retriever import CANDIDATES, Hit, fetch, retrieve, search
from knowledge.search import vectors
from knowledge.search.authority import LAW, NATION
from knowledge.search.partitions import SHARED
from tests.integration.knowledge.builders import TODAY, a_source, put
from township.clock import SHANGHAI
from township.db import Database
from township.scope import Audience, Scope

VILLAGES = ("liushu", "taoyuan", "shiqiao", "hewan", "nanling", "dongpo")
OPEN = Scope.public("town")


def ask(library: Library, question: str, scope: Scope = OPEN, at: datetime = TODAY) -> list[Hit]:
    return retrieve(library, question, scope=scope, at=at)


def texts(hits: list[Hit]) -> list[str]:
    return [hit.text for hit in hits]


def test_how_long_a_search_took_is_logged_without_its_words(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    put(library.db, a_source("垃圾分类办法", "生活垃圾分为四类。"))
    library.refresh(TODAY.date())
    with caplog.at_level("INFO", "knowledge.retriever"):
        ask(library, "垃圾分几类")
    (line,) = [vars(record) for record in caplog.records if vars(record).get("action") == "searched"]
    assert line["ms"] > 0
    assert line["candidates"] == 1
    assert "垃圾" not in str(line["message"])


def test_the_best_clause_comes_with_what_a_citation_needs(library: Library) -> None:
    about = {
        "doc_no": "示政发〔2026〕3号",
        "issuer": "示例镇人民政府",
        "in_force_from": date(2026, 1, 1),
        "sample": True,
    }
    put(library.db, a_source("高龄津贴办法", "年满八十周岁的老人每月领取高龄津贴100元。", "津贴按季发放。", **about))
    put(library.db, a_source("垃圾分类办法", "生活垃圾分为四类。"))
    library.refresh(TODAY.date())
    best = ask(library, "八十岁老人高龄津贴多少钱一个月")[0]
    assert best.text.startswith("年满八十周岁")
    assert (best.title, best.doc_no, best.number) == ("高龄津贴办法", "示政发〔2026〕3号", "第1条")
    assert best.in_force_from == date(2026, 1, 1)
    assert best.cosine is not None
    assert best.sample


def test_what_is_on_the_shelf_is_not_read_again_for_a_question(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library.db, a_source("高龄津贴办法", "年满八十周岁的老人每月领取高龄津贴100元。", level=Level.county))
    law = a_source("中华人民共和国老年人权益保障法", "国家建立高龄津贴制度。", town_id=None, level=Level.nation)
    put(library.db, law)
    library.refresh(TODAY.date())

    def refuse(_: object) -> None:
        raise AssertionError("a row was read")

    monkeypatch.setattr(library.db, "read_now", refuse)
    found = search(library, "高龄津贴多少", scope=OPEN, at=TODAY)
    assert sorted(each.authority for each in found.about) == [pytest.approx(NATION + LAW)] * 2
    assert len({each.document_id for each in found.about}) == 2
    assert not np.isnan(found.cosines).any()


def test_a_document_that_is_of_another_level_now_weighs_otherwise(library: Library) -> None:
    put(library.db, a_source("养犬条例", "养犬要登记。", town_id=None, level=Level.province))
    library.refresh(TODAY.date())
    assert search(library, "养犬", scope=OPEN, at=TODAY).authority().tolist() == [0]
    raised = sa.update(documents).values(level=Level.nation)
    library.db.write_now(lambda tx: tx.execute(raised))
    library.db.write_now(lambda tx: vectors.raise_generation(tx, SHARED))
    library.refresh(TODAY.date())
    assert search(library, "养犬", scope=OPEN, at=TODAY).authority().tolist() == [pytest.approx(NATION)]


def test_every_candidate_has_both_scores_whichever_leg_found_it(library: Library) -> None:
    several = (f"第{n}条办理低保要带材料{n * 7 % 31}。" for n in range(CANDIDATES + 50))
    put(library.db, a_source("低保办法", *several), a_source("别的办法", *(f"停车{n}。" for n in range(50))))
    library.refresh(TODAY.date())
    question, embedder = "低保材料7怎么办", HashEmbedder()
    found = search(library, question, scope=OPEN, at=TODAY)
    assert len(found.clause_ids) > CANDIDATES
    texts = {hit.clause_id: (hit.title, hit.text) for hit in fetch(library, found.clause_ids)}
    asked = embedder.embed_query(question)
    for place, clause_id in enumerate(found.clause_ids):
        stored = embedder.embed_passages([vectors.passage(*texts[clause_id])])[0].astype(vectors.STORED)
        assert found.cosines[place] == pytest.approx(float(stored.astype(np.float32) @ asked), abs=1e-3)


def test_nothing_stored_and_nothing_asked_find_nothing(library: Library) -> None:
    library.refresh(TODAY.date())
    assert ask(library, "低保") == []
    put(library.db, a_source("低保办法", "申请低保到村委会。"))
    library.refresh(TODAY.date())
    assert ask(library, "  ") == []


def test_a_change_is_seen_after_the_next_refresh_and_only_then(library: Library) -> None:
    put(library.db, a_source("低保办法", "低保每月600元。"))
    assert library.refresh(TODAY.date())
    assert not library.refresh(TODAY.date())
    put(library.db, a_source("低保办法", "低保每月700元。", in_force_from=TODAY.date()))
    assert texts(ask(library, "低保每月多少"))[0] == "低保每月600元。"
    assert library.refresh(TODAY.date())
    assert texts(ask(library, "低保每月多少")) == ["低保每月700元。"]


def test_the_old_rule_answers_as_of_its_day(library: Library) -> None:
    put(library.db, a_source("低保办法", "低保每月600元。", in_force_from=date(2025, 1, 1)))
    put(library.db, a_source("低保办法", "低保每月700元。", in_force_from=date(2026, 7, 1)))
    library.refresh(TODAY.date())
    then = datetime(2026, 6, 30, 23, 59, tzinfo=SHANGHAI)
    assert texts(ask(library, "低保每月多少", at=then)) == ["低保每月600元。"]
    assert texts(ask(library, "低保每月多少", at=then + timedelta(minutes=1))) == ["低保每月700元。"]
    assert ask(library, "低保每月多少", at=datetime(2024, 12, 31, tzinfo=SHANGHAI)) == []


def test_a_rule_of_tomorrow_waits_for_its_day(library: Library) -> None:
    put(library.db, a_source("医保通知", "2027年医保缴费420元。", in_force_from=date(2026, 11, 24)))
    library.refresh(TODAY.date())
    assert ask(library, "医保缴费多少") == []
    tomorrow = TODAY + timedelta(days=1)
    assert texts(ask(library, "医保缴费多少", at=tomorrow)) == ["2027年医保缴费420元。"]
    assert library.refresh(tomorrow.date())
    assert texts(ask(library, "医保缴费多少", at=tomorrow)) == ["2027年医保缴费420元。"]


def test_a_rule_that_ran_out_overnight_is_not_cited_before_the_refresh(library: Library) -> None:
    put(library.db, a_source("消费券", "消费券每户50元。", in_force_until=TODAY.date()))
    library.refresh(TODAY.date())
    assert texts(ask(library, "消费券多少")) == ["消费券每户50元。"]
    assert ask(library, "消费券多少", at=TODAY + timedelta(days=1)) == []


def test_a_draft_is_found_by_nobody(library: Library) -> None:
    library.db.write_now(lambda tx: store(tx, a_source("草案", "消费券每户80元。"), at=TODAY))
    library.refresh(TODAY.date())
    assert ask(library, "消费券多少") == []


def test_without_an_embedder_words_answer(sqlite_db: Database) -> None:
    put(sqlite_db, a_source("低保办法", "申请低保到村委会。", "垃圾分四类。"))
    library = Library(sqlite_db, None, ExactIndex())
    library.refresh(TODAY.date())
    hit = ask(library, "低保去哪申请")[0]
    assert hit.text == "申请低保到村委会。"
    assert hit.cosine is None


def test_before_its_vector_is_made_a_clause_is_found_by_words(library: Library) -> None:
    put(library.db, a_source("旧", "垃圾分四类投放。"))
    new = a_source("新", "秸秆禁止露天焚烧。")
    library.db.write_now(lambda tx: store(tx, new, at=TODAY, state=VersionState.in_force))
    library.refresh(TODAY.date())
    found = ask(library, "秸秆能不能烧")
    assert found[0].text == "秸秆禁止露天焚烧。"
    assert found[0].cosine is None


def test_the_index_folder_may_be_deleted(sqlite_db: Database, tmp_path: Path) -> None:
    put(sqlite_db, a_source("低保办法", "申请低保到村委会。", "每年复核一次。", "垃圾分四类。"))
    for _ in range(2):
        library = Library(sqlite_db, HashEmbedder(), ChromaIndex.embedded(tmp_path / "index"))
        library.refresh(TODAY.date())
        [shelf] = library.shelves(OPEN, TODAY.date())
        assert library.index.keys(library.collection(shelf.partition)) == set(shelf.hashes)
        library.close()
        shutil.rmtree(tmp_path / "index")


def test_the_cache_and_the_exact_scan_answer_alike(library: Library) -> None:
    put(library.db, a_source("大文件", *(f"第{n}项办事需要材料{n * 7 % 31}和{n * 11 % 29}" for n in range(300))))
    exact = Library(library.db, HashEmbedder(), ExactIndex())
    for each in (library, exact):
        each.refresh(TODAY.date())
    same = 0
    for n in range(30):
        found = [{hit.clause_id for hit in ask(each, f"办事{n}需要什么材料")} for each in (library, exact)]
        same += len(found[0] & found[1])
    assert same / 300 >= 0.98


def test_a_town_does_not_see_another_and_both_see_the_nation(library: Library) -> None:
    put(
        library.db,
        a_source("甲镇通知", "路灯由甲镇维修。"),
        a_source("乙镇通知", "路灯由乙镇维修。", town_id="other"),
        a_source("照明条例", "路灯由管理单位维修。", town_id=None),
    )
    library.refresh(TODAY.date())
    assert set(texts(ask(library, "路灯谁维修"))) == {"路灯由甲镇维修。", "路灯由管理单位维修。"}
    assert set(texts(ask(library, "路灯谁维修", Scope.public("other")))) == {"路灯由乙镇维修。", "路灯由管理单位维修。"}


def test_a_thousand_probes_across_villages_leak_nothing(library: Library) -> None:
    """Every village and audience has a canary; whoever asks for it hears it exactly when it is theirs."""
    canaries = {
        (village, audience): f"{village}{audience}的取物口令是{n:04d}"
        for n, (village, audience) in enumerate((v, a) for v in VILLAGES for a in Audience)
    }
    put(
        library.db,
        *(a_source(text, text, village_id=v, audience=a) for (v, a), text in canaries.items()),
        a_source("全镇", "取物口令请向本村询问。"),
    )
    library.refresh(TODAY.date())
    dice = random.Random(7)
    for _ in range(1000):
        villages = frozenset(dice.sample(VILLAGES, dice.randint(0, 2)))
        scope = Scope("town", villages=villages, audiences=frozenset(dice.sample(list(Audience), dice.randint(1, 3))))
        wanted = dice.choice(list(canaries))
        heard = set(texts(retrieve(library, canaries[wanted], scope=scope, at=TODAY, limit=50)))
        theirs = {text for (v, a), text in canaries.items() if v in scope.villages and a in scope.audiences}
        assert heard & set(canaries.values()) <= theirs
        assert (canaries[wanted] in heard) == (canaries[wanted] in theirs)


@pytest.mark.parametrize("dialect", ["sqlite_db", "postgres_db"])
def test_both_engines_answer_alike(dialect: str, request: pytest.FixtureRequest) -> None:
    db: Database = request.getfixturevalue(dialect)
    put(db, a_source("低保办法", "申请低保到村委会。", "每年复核一次。"), a_source("环卫", "垃圾分四类。"))
    library = Library(db, HashEmbedder(), ExactIndex())
    library.refresh(TODAY.date())
    assert texts(ask(library, "低保去哪里申请"))[0] == "申请低保到村委会。"


def test_while_a_document_is_replaced_every_question_sees_all_of_one_version(library: Library) -> None:
    versions = [tuple(f"第{n}版第{part}条：秸秆焚烧规定" for part in (1, 2, 3)) for n in range(6)]
    put(library.db, a_source("秸秆办法", *versions[0]))
    library.refresh(TODAY.date())
    seen: list[set[str]] = []
    done = threading.Event()

    def ask_on() -> None:
        while not done.is_set():
            seen.append(set(texts(ask(library, "秸秆焚烧规定"))))

    with ThreadPoolExecutor(2) as askers:
        asking = [askers.submit(ask_on) for _ in range(2)]
        for version in versions[1:]:
            put(library.db, a_source("秸秆办法", *version, in_force_from=TODAY.date()))
            library.refresh(TODAY.date())
        done.set()
        for each in asking:
            each.result()
    assert seen
    assert all(found in [set(version) for version in versions] for found in seen)
    assert set(texts(ask(library, "秸秆焚烧规定"))) == set(versions[-1])
