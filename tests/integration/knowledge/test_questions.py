"""Questions as rows, on both engines: kept once, gathered in any order, one person never decides alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from knowledge import facts
from knowledge.embeddings import HashEmbedder
from knowledge.index import ExactIndex
from knowledge.library import Library
from knowledge.questions import decisions, drafts, hits, kept, overview, sorting
from knowledge.questions.drafts import Written
from knowledge.questions.kept import Asked
from knowledge.questions.models import Cause, clusters, questions
from knowledge.questions.overview import View
from township.clock import SHANGHAI
from township.db import Database, Tx
from township.errors import Mistake, Refused
from township.models import people, towns
from township.scope import Audience, Scope

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
TOWN = "shilizhen"
ALL = View(TOWN, None)
RESIDENTS = Scope(TOWN, audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))


def ask(db: Database, key: str, text: str, **more: Any) -> bool:
    asked = Asked(TOWN, key, text, NOW.date(), Audience.RESIDENT, **more)
    return db.write_now(lambda tx: kept.keep(tx, asked, at=NOW))


def settle(db: Database) -> None:
    def call(tx: Tx) -> None:
        tx.execute(sa.insert(towns).values(id=TOWN, name="示例镇"))
        for person_id, name in (("p1", "王秀英"), ("p2", "张三")):
            tx.execute(sa.insert(people).values(id=person_id, town_id=TOWN, name=name, flags={}))

    db.write_now(call)


@pytest.fixture
def asked(db: Database) -> Database:
    """Two questions that are one and a third of its own, gathered."""
    settle(db)
    ask(db, "m1:1", "拖拉机年审在哪办", person_id="p1", village_id="liushu", promised=True)
    ask(db, "m2:1", "拖拉机年审在哪办呀", person_id="p2", village_id="taoyuan", promised=True)
    ask(db, "m3:1", "外嫁女还算不算咱村的人")
    assert sorting.sort(Library(db, None, ExactIndex()), NOW) == 3
    return db


def written(answer: str = "到县农机站", **more: Any) -> Written:
    return Written(("拖拉机年审在哪办",), answer, **more)


def first(db: Database) -> str:
    return db.read_now(lambda tx: overview.by_code(tx, ALL, "k1")).id


def test_the_same_message_is_kept_once_and_gathered_once(asked: Database) -> None:
    assert not ask(asked, "m1:1", "拖拉机年审在哪办")
    assert ask(asked, "m1:1", "拖拉机年审在哪办", cause=Cause.disliked)
    library = Library(asked, None, ExactIndex())
    assert (sorting.sort(library, NOW), sorting.sort(library, NOW)) == (1, 0)
    found = asked.read_now(lambda tx: overview.listed(tx, ALL))
    assert [(one.code, one.count, one.disliked) for one in found] == [("K1", 3, 1), ("K2", 1, 0)]
    assert asked.read_now(lambda tx: overview.total(tx, ALL)) == 2


def test_with_another_embedder_names_stay_and_vectors_follow(asked: Database) -> None:
    library = Library(asked, HashEmbedder(), ExactIndex())
    ask(asked, "m4:1", "拖拉机年审到哪办")
    assert sorting.sort(library, NOW) == 1
    rows = asked.read_now(lambda tx: tx.execute(sa.select(questions.c.embedder, questions.c.vector)).all())
    assert {(row.embedder, row.vector is not None) for row in rows} == {("hash-64", True)}
    assert [one.count for one in asked.read_now(lambda tx: overview.listed(tx, ALL))] == [3, 1]


def test_who_founded_a_cluster_meanwhile_is_not_overwritten(asked: Database) -> None:
    ask(asked, "m5:1", "机井浇地一小时多少钱")
    rows, newest = asked.read_now(lambda tx: sorting._read(tx, town_id=TOWN))
    library = Library(asked, None, ExactIndex())
    sorting.sort(library, NOW)
    stale = asked.write_now(
        lambda tx: sorting._write(
            tx, town_id=TOWN, homes={rows[-1].id: "x"}, nears={}, newest=newest, at=NOW, made={}, embedder=""
        )
    )
    assert stale is None
    numbers = asked.read_now(lambda tx: tx.scalars(sa.select(clusters.c.number).order_by(clusters.c.number)).all())
    assert list(numbers) == [1, 2, 3]


def test_the_author_is_never_the_second_person(asked: Database) -> None:
    draft = asked.write_now(lambda tx: drafts.write(tx, ALL, first(asked), written(), by="a", at=NOW))
    with pytest.raises(Refused, match="answer_needs_second_person"):
        asked.write_now(lambda tx: decisions.approve(tx, draft.id, by="a", at=NOW))
    with pytest.raises(Refused, match="answer_needs_second_person"):
        asked.write_now(lambda tx: decisions.reject(tx, draft.id, "", by="a", at=NOW))
    with pytest.raises(Refused, match="answer_waits_already"):
        asked.write_now(lambda tx: drafts.write(tx, ALL, draft.cluster_id, written(), by="b", at=NOW))
    fact_id = asked.write_now(lambda tx: decisions.approve(tx, draft.id, by="b", at=NOW))
    with pytest.raises(Refused, match="answer_settled"):
        asked.write_now(lambda tx: decisions.approve(tx, draft.id, by="c", at=NOW))
    (fact,) = asked.read_now(lambda tx: facts.load(tx, RESIDENTS))
    assert (fact.id, fact.answer, fact.source, fact.last_checked) == (fact_id, "到县农机站", "镇里同事答的", NOW.date())
    assert fact.valid_until == NOW.date() + timedelta(days=365)
    (used,) = asked.read_now(lambda tx: hits.of_facts(tx, RESIDENTS, NOW))
    assert (used.author_id, used.reviewer_id, used.hits, used.is_unused) == ("a", "b", 0, False)


def test_an_old_answer_keeps_its_ways_of_asking_when_a_new_one_replaces_it(asked: Database) -> None:
    old = facts.Fact(("农机年审", "拖拉机年审在哪办"), "到镇农机站")
    asked.write_now(lambda tx: facts.store(tx, TOWN, [old], at=NOW))
    draft = asked.write_now(lambda tx: drafts.write(tx, ALL, first(asked), written(), by="a", at=NOW))
    assert asked.read_now(lambda tx: decisions.before(tx, draft)) == "到镇农机站"
    asked.write_now(lambda tx: decisions.approve(tx, draft.id, by="b", at=NOW))
    (fact,) = asked.read_now(lambda tx: facts.load(tx, RESIDENTS))
    assert (fact.questions, fact.answer) == (("农机年审", "拖拉机年审在哪办"), "到县农机站")


def test_an_answer_is_told_to_those_who_may_ask(asked: Database) -> None:
    draft = asked.write_now(lambda tx: drafts.write(tx, ALL, first(asked), written(), by="a", at=NOW))
    asked.write_now(lambda tx: decisions.approve(tx, draft.id, by="b", at=NOW))
    assert len(asked.read_now(lambda tx: facts.load(tx, RESIDENTS))) == 1
    assert asked.read_now(lambda tx: facts.load(tx, Scope.public(TOWN))) == ()


def test_what_cadres_alone_asked_is_told_to_cadres_alone(asked: Database) -> None:
    inside = Asked(TOWN, "m9:1", "扶贫系统的密码忘了找谁重置", NOW.date(), Audience.CADRE)
    asked.write_now(lambda tx: kept.keep(tx, inside, at=NOW))
    assert sorting.sort(Library(asked, None, ExactIndex()), NOW) == 1
    cluster = asked.read_now(lambda tx: overview.by_code(tx, ALL, "k3"))
    answer = Written(("扶贫系统的密码忘了找谁重置",), "找县里系统管理员")
    draft = asked.write_now(lambda tx: drafts.write(tx, ALL, cluster.id, answer, by="a", at=NOW))
    asked.write_now(lambda tx: decisions.approve(tx, draft.id, by="b", at=NOW))
    assert asked.read_now(lambda tx: facts.load(tx, RESIDENTS)) == ()
    cadres = Scope(TOWN, audiences=frozenset(Audience))
    assert [one.answer for one in asked.read_now(lambda tx: facts.load(tx, cadres))] == ["找县里系统管理员"]


def test_an_answer_for_a_village_answers_only_that_village(asked: Database) -> None:
    clerk = View(TOWN, frozenset({"taoyuan"}))
    draft = asked.write_now(lambda tx: drafts.write(tx, clerk, first(asked), written(), by="a", at=NOW))
    asked.write_now(lambda tx: decisions.approve(tx, draft.id, by="b", at=NOW))
    (left,) = [one for one in asked.read_now(lambda tx: overview.listed(tx, ALL)) if one.code == "K1"]
    assert (left.count, left.villages) == (1, ("liushu",))
    (owed,) = asked.read_now(lambda tx: kept.owed(tx, NOW.date(), 9))
    assert owed.person_id == "p2"
    with pytest.raises(Mistake, match="cluster_unknown"):
        asked.read_now(lambda tx: overview.one(tx, clerk, first(asked)))


def test_a_promise_is_kept_for_a_month(asked: Database) -> None:
    draft = asked.write_now(lambda tx: drafts.write(tx, ALL, first(asked), written(), by="a", at=NOW))
    asked.write_now(lambda tx: decisions.approve(tx, draft.id, by="b", at=NOW))
    assert len(asked.read_now(lambda tx: kept.owed(tx, NOW.date() + timedelta(days=30), 9))) == 2
    assert asked.read_now(lambda tx: kept.owed(tx, NOW.date() + timedelta(days=31), 9)) == []


def test_a_person_takes_the_own_questions_along(asked: Database) -> None:
    assert asked.write_now(lambda tx: kept.forget(tx, "p1")) == 1
    (one, *_) = asked.read_now(lambda tx: overview.listed(tx, ALL))
    assert one.count == 1
    asked.write_now(lambda tx: tx.execute(sa.delete(people).where(people.c.id == "p2")))
    assert asked.write_now(lambda tx: kept.clear_away(tx, NOW.date())) == 1
    assert [each.code for each in asked.read_now(lambda tx: overview.listed(tx, ALL))] == ["K2"]
