"""Who was told the old rule is listed once, with the difference; who must not be, is on no list."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from knowledge import answers, documents, facts
from knowledge.answers import Answer, AnswerKind
from knowledge.facts import Fact
from knowledge.models import VersionState, clauses, versions
from knowledge.validity import recall
from knowledge.validity.recall import Recall, Way
from knowledge.wording.quoting import Citation
from tests.integration.knowledge.builders import TODAY, a_source, put
from township import models
from township.db import Database, Tx

TOWN = "town"
PEOPLE = ("anna", "bert", "cara", "gone", "quiet", "elsewhere")
QUESTION = "高龄津贴哪天发"
OLD, NEW = Fact((QUESTION,), "每月25日前发。"), Fact((QUESTION,), "每月10日前发。")


@pytest.fixture
def town(db: Database) -> Database:
    """A town with people, one erased, one who must not be written to, one who lives in another town by now."""

    def found(tx: Tx) -> None:
        tx.execute(sa.insert(models.towns), [{"id": one, "name": one} for one in (TOWN, "other")])
        for person in PEOPLE:
            values = {
                "id": person,
                "town_id": "other" if person == "elsewhere" else TOWN,
                "name": person,
                "erased_at": TODAY if person == "gone" else None,
                "flags": {"quiet": True} if person == "quiet" else {},
            }
            tx.execute(sa.insert(models.people).values(**values))
        account = {"id": "a", "client_id": "c", "secret": b""}
        tx.execute(sa.insert(models.accounts).values(**account))
        group = {"id": "g1", "town_id": TOWN, "account_id": "a", "open_id": "cid"}
        tx.execute(sa.insert(models.groups).values(**group))

    db.write_now(found)
    return db


def tell(
    db: Database, who: str, *, fact: Fact | None = None, clause: str = "", at: datetime = TODAY, group: str = "",
    kind: AnswerKind = AnswerKind.clause,
) -> None:  # fmt: skip
    """Write down that somebody was told a fact or a clause."""
    citations = (Citation("t", "", "", None, "d", "v", clause),) if clause else ()
    fact_id = facts.identity(TOWN, fact) if fact else ""
    answer = Answer(AnswerKind.fact if fact and kind is AnswerKind.clause else kind, "x", citations, fact_id=fact_id)
    note = partial(answers.record, answer=answer, position=1, town_id=TOWN, at=at)
    key = f"{who}{group}{fact_id}{clause}{at}"[:80]
    db.write_now(partial(note, message_id=key, person_id=who, group_id=group or None))


def store(db: Database, *rows: Fact, after: timedelta = timedelta()) -> None:
    db.write_now(partial(facts.store, town_id=TOWN, rows=rows, at=TODAY + after))


def due(db: Database, after: timedelta = timedelta(days=2)) -> list[Recall]:
    return db.read_now(partial(recall.due, town_id=TOWN, now=TODAY + after))


def names(found: Recall) -> list[str]:
    return [hearer.target.partition(":")[2] for hearer in sorted(found.hearers)]


def test_everybody_who_was_told_the_old_answer_is_listed_with_the_difference(town: Database) -> None:
    store(town, OLD)
    for who in PEOPLE:
        tell(town, who, fact=OLD)
    tell(town, "anna", fact=OLD, group="g1")
    assert due(town) == []
    store(town, NEW, after=timedelta(days=1))
    tell(town, "cara", fact=NEW, at=TODAY + timedelta(days=1))
    (found,) = due(town)
    assert names(found) == ["g1", "anna", "bert", "cara"]
    (subject,) = found.subjects
    assert (subject.name, subject.before, subject.after) == (QUESTION, "每月25日前发", "每月10日前发")


def test_nobody_is_listed_who_was_told_later_or_more_than_a_year_ago_or_told_nothing(town: Database) -> None:
    store(town, OLD)
    tell(town, "anna", fact=OLD, at=TODAY - timedelta(days=400))
    tell(town, "bert", fact=OLD, at=TODAY + timedelta(days=3))
    tell(town, "cara", fact=OLD, kind=AnswerKind.expired_fact)
    store(town, NEW, after=timedelta(days=1))
    assert due(town, timedelta(days=4)) == []


def test_nobody_is_told_twice_and_what_was_told_again_counts_as_told(town: Database) -> None:
    store(town, OLD)
    tell(town, "anna", fact=OLD)
    store(town, NEW, after=timedelta(days=1))
    (found,) = due(town)
    settle(town, found, Way.message, days=2)
    assert due(town) == []
    newest = Fact((QUESTION,), "每月5日前发。")
    store(town, newest, after=timedelta(days=3))
    (again,) = due(town, timedelta(days=4))
    assert names(again) == ["anna"]
    assert (again.subjects[0].before, again.subjects[0].after) == ("每月10日前发", "每月5日前发")


def test_who_is_left_alone_is_not_asked_about_again(town: Database) -> None:
    store(town, OLD)
    tell(town, "anna", fact=OLD)
    store(town, NEW, after=timedelta(days=1))
    settle(town, due(town)[0], Way.none, days=2)
    assert due(town) == []


def test_a_new_last_day_or_other_words_are_no_change_of_what_was_told(town: Database) -> None:
    store(town, OLD)
    tell(town, "anna", fact=OLD)
    later = Fact((QUESTION, "老年补贴几号到"), OLD.answer, valid_until=date(2027, 12, 31))
    store(town, later, after=timedelta(days=1))
    assert due(town) == []
    store(town, Fact((QUESTION,), "每月25日前发 "), after=timedelta(days=2))
    assert due(town, timedelta(days=3)) == []


def test_a_fact_that_is_told_no_longer_is_recalled_without_another(town: Database) -> None:
    store(town, OLD)
    tell(town, "anna", fact=OLD)
    end = partial(facts.end, town_id=TOWN, fact_id=facts.identity(TOWN, OLD), at=TODAY + timedelta(days=1))
    town.write_now(end)
    (found,) = due(town)
    assert (found.subjects[0].before, found.subjects[0].after) == (OLD.answer, "")


def clause_of(db: Database, version_id: str, position: int) -> str:
    chosen = sa.select(clauses.c.id).where(clauses.c.version_id == version_id, clauses.c.position == position)
    return str(db.read_now(lambda tx: tx.scalar(chosen)))


def replaced(db: Database, *texts: str, starts: date = date(2026, 11, 24)) -> None:
    """Replace the town's rule by one of another number, through a second person."""
    source = a_source("rule", *texts, in_force_from=starts)
    brought = db.write_now(partial(documents.submit, source=source, by="k1", at=TODAY))
    db.write_now(partial(documents.confirm, version_id=brought.version_id, by="k2", at=TODAY + timedelta(hours=1)))


def test_of_a_replaced_document_only_those_are_listed_whose_clause_changed(town: Database) -> None:
    (old,) = put(town, a_source("rule", "每户每年交60元。", "每月收一次垃圾。"))
    tell(town, "anna", clause=clause_of(town, old.version_id, 1))
    tell(town, "bert", clause=clause_of(town, old.version_id, 2))
    replaced(town, "每户每年交80元。", "每月收一次垃圾。")
    (found,) = due(town)
    assert names(found) == ["anna"]
    (subject,) = found.subjects
    assert (subject.before, subject.after) == ("每户每年交60元", "每户每年交80元")
    assert subject.since == date(2026, 11, 24)
    assert "第1条" in subject.name


def test_who_was_told_before_the_new_rule_begins_is_listed_as_well(town: Database) -> None:
    (old,) = put(town, a_source("rule", "每户每年交60元。"))
    replaced(town, "每户每年交80元。", starts=date(2026, 12, 1))
    tell(town, "anna", clause=clause_of(town, old.version_id, 1), at=TODAY + timedelta(days=3))
    assert names(due(town, timedelta(days=4))[0]) == ["anna"]


def test_a_clause_that_moved_to_another_number_is_held_against_the_one_like_it(town: Database) -> None:
    (old,) = put(town, a_source("rule", "每户每年交60元保洁费。"))
    tell(town, "anna", clause=clause_of(town, old.version_id, 1))
    replaced(town, "本办法管全镇的垃圾。", "每户每年交80元保洁费。")
    (found,) = due(town)
    assert found.subjects[0].after == "每户每年交80元保洁费"


def test_a_document_that_was_repealed_ends_what_was_told(town: Database) -> None:
    (old,) = put(town, a_source("rule", "每户每年交60元。"))
    tell(town, "anna", clause=clause_of(town, old.version_id, 1))
    over = {"state": VersionState.repealed.value, "in_force_until": TODAY.date()}
    town.write_now(lambda tx: tx.execute(versions.update().where(versions.c.id == old.version_id).values(**over)))
    (found,) = due(town)
    assert found.subjects[0].after == ""


def test_those_who_were_told_the_same_are_put_together(town: Database) -> None:
    (old,) = put(town, a_source("rule", "每户每年交60元。", "每月收一次垃圾。"))
    first, second = (clause_of(town, old.version_id, place) for place in (1, 2))
    for who in ("anna", "bert"):
        tell(town, who, clause=first)
    tell(town, "cara", clause=first)
    tell(town, "cara", clause=second)
    replaced(town, "每户每年交80元。", "每周收一次垃圾。")
    (found,) = due(town)
    parts = {tuple(hearer.person_id for hearer in heard): len(subjects) for subjects, heard in found.alike()}
    assert parts == {("anna", "bert"): 1, ("cara",): 2}


def settle(db: Database, found: Recall, way: Way, *, days: int) -> None:
    def call(tx: Tx) -> None:
        for subjects, hearers in found.alike():
            recall.settle(tx, TOWN, subjects, hearers, way, by="k1", at=TODAY + timedelta(days=days))

    db.write_now(call)
