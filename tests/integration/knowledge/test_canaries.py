"""Canaries: a word for each village, audience and time that only its own people may hear, asked for in every way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import facts
from knowledge.answers import Answerer
from knowledge.facts import Fact
from knowledge.index import ExactIndex
from knowledge.ingest import store
from knowledge.library import Library
from knowledge.models import Level, VersionState
from knowledge.questions import hits
from knowledge.retriever import retrieve
from knowledge.search import lookup
from knowledge.validity import standing
from knowledge.wording import originals
from knowledge.wording.originals import Original
from tests.integration.knowledge.builders import a_source
from township.clock import SHANGHAI
from township.db import Database
from township.scope import Audience, Scope

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
LAST_YEAR = datetime(2025, 6, 1, 9, tzinfo=SHANGHAI)
VILLAGES = ("柳树村", "桃园村", "石桥村", "河湾村", "南岭村", "东坡村")
BIRDS = "蓝鹊红雀白鹭青鸾云雁金翎黄鹂紫燕灰鹤乌鸫绿鹦橙莺墨鸦银鸥赤隼碧鹃苍鹰翠鸟雪鸮棕鸡斑鸠彩鹮粉鹭玄鹄"
RESIDENT = frozenset({Audience.PUBLIC, Audience.RESIDENT})
ALL = frozenset(Audience)
EVERYBODY = Scope("town", "p", frozenset(VILLAGES), audiences=ALL)
OWNERS = [(village, audience) for village in (None, *VILLAGES) for audience in Audience]


@dataclass(frozen=True, slots=True)
class Canary:
    """A word and who may hear it."""

    word: str
    village: str | None
    audience: Audience
    doc_no: str

    def is_for(self, scope: Scope) -> bool:
        return self.audience in scope.audiences and (self.village is None or self.village in scope.villages)


def canaries() -> list[Canary]:
    words = [BIRDS[n : n + 2] for n in range(0, len(BIRDS), 2)]
    return [
        Canary(f"{words[n % len(words)]}{n:02}号", village, audience, f"示例密〔2026〕{n + 1}号")
        for n, (village, audience) in enumerate(OWNERS)
    ]


CANARIES = canaries()
QUESTIONS = (
    "工具房的开门口令是什么",
    "开门口令",
    "工具房口令多少号",
    "2025年的时候工具房的开门口令是什么",
    "去年工具房开门口令",
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('canaries')}/town.db")
    db.create_all()
    for one in CANARIES:
        fill(db, one)
    library = Library(db, None, ExactIndex())
    library.refresh(AT.date())
    yield Answerer(library, frozenset(VILLAGES))
    db.close_now()


def fill(db: Database, one: Canary) -> None:
    """Put a canary into a document in force, one that is over, one that is to come, and a fact."""
    about = {"village_id": one.village, "audience": one.audience, "level": Level.village if one.village else Level.town}
    title = f"工具房管理办法{one.word}"
    text = f"工具房的开门口令是{one.word}，工具用完放回原处，登记本上写清楚。"
    whole = {"in_force_from": date(2026, 1, 1)}
    past = {"in_force_from": date(2025, 1, 1), "in_force_until": date(2025, 12, 31)}
    coming = {"in_force_from": date(2027, 1, 1)}
    for name, days in (("now", whole), ("past", past), ("coming", coming)):
        number = one.doc_no if name == "now" else one.doc_no.replace("密", name)
        key = f"{name}-{one.word}"
        source = a_source(key, text, title=title, doc_no=number, **about, **days)
        db.write_now(partial(store, source=source, at=AT, state=VersionState.in_force))
    fact = Fact((f"工具房{one.word[:2]}口令", "工具房的口令"), f"口令{one.word}", "", "", None, None, one.village)
    if one.audience is Audience.PUBLIC:
        db.write_now(partial(facts.store, town_id="town", rows=[fact], at=AT))


def everything(town: Answerer, scope: Scope) -> str:
    """Ask in every way, and give all that was said: answers, titles, citations, hits."""
    heard: list[str] = []
    for at, asked in ((AT, QUESTIONS), (LAST_YEAR, QUESTIONS[:1])):
        for question in asked:
            answer = town.answer(question, scope=scope, at=at, previous="工具房口令")
            heard += [answer.text, *answer.nearest, *(f"{one.title}{one.doc_no}" for one in answer.citations)]
            hits = retrieve(town.library, question, scope=scope, at=at, limit=50)
            heard += [f"{hit.title}{hit.text}{hit.doc_no}" for hit in hits]
    for n, one in enumerate(CANARIES[len(scope.villages) % 3 :: 3]):
        ways = (f"{one.doc_no}第一条", f"《工具房管理办法{one.word}》第1条怎么说", f"口令是不是{one.word[:2]}")
        answer = town.answer(ways[n % len(ways)], scope=scope, at=AT)
        said = answer.text.replace(ways[n % len(ways)], "")
        heard += [said, *(f"{each.title}" for each in answer.citations), *answer.nearest]
    return "\n".join(heard)


def original_of(db: Database, one: Canary) -> Original:
    cited = lookup.named(f"{one.doc_no}第一条")
    assert cited is not None
    (clause_id,) = db.read_now(lambda tx: lookup.find(tx, cited, scope=EVERYBODY, day=AT.date()))
    original = db.read_now(lambda tx: originals.of_clause(tx, clause_id))
    assert original is not None
    return original


def leaked(said: str, scope: Scope) -> list[Canary]:
    return [one for one in CANARIES if one.word in said and not one.is_for(scope)]


def test_an_address_of_an_original_opens_that_original_alone(town: Answerer) -> None:
    key, db = b"k" * 32, town.library.db
    found = [original_of(db, one) for one in CANARIES]
    codes = [originals.code(key, each, AT.date()) for each in found]
    for place, original in enumerate(found):
        opened = [n for n, code in enumerate(codes) if originals.opens(key, code, original, AT.date())]
        assert opened == [place]
        forged = original.clause_id + codes[place - 1][len(original.clause_id) :]
        assert not originals.opens(key, forged, original, AT.date())
        assert not originals.opens(key, codes[place], original, AT.date() + timedelta(days=31))


def test_the_list_of_what_is_asked_shows_a_clerk_the_own_village(town: Answerer) -> None:
    for village in VILLAGES:
        scope = Scope("town", "c", frozenset({village}), audiences=ALL)
        used = town.library.db.read_now(lambda tx, scope=scope: hits.of_facts(tx, scope, AT))
        assert leaked("".join(f"{one.question}{one.answer}" for one in used), scope) == []
        assert used


@pytest.mark.parametrize("village", VILLAGES)
def test_a_villager_hears_the_own_village_and_no_other(town: Answerer, village: str) -> None:
    scope = Scope("town", "p", frozenset({village}), audiences=RESIDENT)
    said = everything(town, scope)
    assert leaked(said, scope) == []
    own = [one for one in CANARIES if one.village == village and one.audience in RESIDENT]
    assert all(one.word in said for one in own), "a probe that nobody finds proves nothing"


@pytest.mark.parametrize(
    "scope",
    [
        Scope.public("town"),
        Scope.public("elsewhere"),
        Scope("town", "c", frozenset({"柳树村"}), audiences=ALL),
        Scope("town", "t", frozenset(VILLAGES), audiences=ALL),
        Scope("elsewhere", "t", frozenset(VILLAGES), audiences=ALL),
    ],
    ids=["nobody", "nobody elsewhere", "village cadre", "town cadre", "cadre of another town"],
)
def test_outsiders_and_cadres_hear_what_is_theirs(town: Answerer, scope: Scope) -> None:
    said = everything(town, scope)
    wrong = leaked(said, scope) if scope.town_id == "town" else [one for one in CANARIES if one.word in said]
    assert wrong == []


@pytest.mark.parametrize("cadres_only", [False, True])
@pytest.mark.parametrize("speaker", ["villager", "cadre"])
def test_in_a_group_everybody_listens(town: Answerer, speaker: str, cadres_only: bool) -> None:
    audiences = ALL if speaker == "cadre" else RESIDENT
    own = Scope("town", "p", frozenset(VILLAGES[:2]), audiences=audiences)
    scope = own.in_group(VILLAGES[0], cadres=cadres_only)
    said = everything(town, scope)
    assert leaked(said, scope) == []
    assert not any(one.word in said for one in CANARIES if one.village == VILLAGES[1]), (
        "not of the speaker's other village"
    )
    if not cadres_only:
        assert not any(one.word in said for one in CANARIES if one.audience is Audience.CADRE)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    villages=st.frozensets(st.sampled_from(VILLAGES)),
    audiences=st.frozensets(st.sampled_from(list(Audience))),
    question=st.sampled_from(QUESTIONS),
    cited=st.sampled_from(CANARIES),
    day=st.sampled_from([AT, LAST_YEAR, datetime(2027, 3, 1, tzinfo=SHANGHAI)]),
)
def test_no_scope_hears_what_is_not_its_own(
    town: Answerer,
    villages: frozenset[str],
    audiences: frozenset[Audience],
    question: str,
    cited: Canary,
    day: datetime,
) -> None:
    scope = Scope("town", "p", villages, audiences=audiences)
    hits = retrieve(town.library, question, scope=scope, at=day, limit=100)
    said = "".join(f"{hit.title}{hit.text}" for hit in hits)
    for asked in (question, f"{cited.doc_no}第一条"):
        answer = town.answer(asked, scope=scope, at=day)
        said += answer.text + "".join(each.title for each in answer.citations)
    assert leaked(said, scope) == []
    days = town.library.db.read_now(lambda tx: standing.upcoming(tx, scope, AT.date()))
    assert bool(days) == any(one.is_for(scope) for one in CANARIES)
