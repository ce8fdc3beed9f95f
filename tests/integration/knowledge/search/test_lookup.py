"""Citations looked up in real rows: which version, and whose."""

from datetime import date, timedelta
from functools import partial

import pytest

from knowledge.ingest import store
from knowledge.library import Library
from knowledge.models import Level, VersionState
from knowledge.retriever import fetch
from knowledge.search import lookup
from tests.integration.knowledge.builders import TODAY, a_source, put
from township.scope import Scope

OPEN = Scope.public("town")


def found(library: Library, question: str, day: date = TODAY.date()) -> list[str]:
    cited = lookup.named(question)
    if cited is None:
        return []
    ids = library.db.read_now(lambda tx: lookup.find(tx, cited, scope=OPEN, day=day))
    return [hit.text for hit in fetch(library, ids)]


@pytest.fixture
def statutes(library: Library) -> Library:
    nation = {"town_id": None, "level": Level.nation}
    put(
        library.db,
        a_source("中华人民共和国劳动法", "劳动者有权休息。", "每日工作不超过八小时。", **nation),
        a_source("中华人民共和国劳动合同法", "订立合同应当合法。", "公平、平等自愿。", **nation),
        a_source("最高法院关于适用《中华人民共和国劳动法》的解释", "本解释所称劳动者。", **nation),
        a_source("示例镇高龄津贴办法", "每月100元。", doc_no="示例政发〔2025〕7号"),
    )
    return library


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("《劳动法》第二条是什么", "每日工作不超过八小时。"),
        ("劳动合同法第2条是什么", "公平、平等自愿。"),
        ("劳动合同法2条说的啥", "公平、平等自愿。"),
        ("示例政发〔2025〕7号第一条", "每月100元。"),
        ("高龄津贴办法第一条", "每月100元。"),
        ("《最高法院关于适用《中华人民共和国劳动法》的解释》第一条", "本解释所称劳动者。"),
        ("最高法院关于适用〈劳动法〉的解释第1条", "本解释所称劳动者。"),
        ("《劳动法》里说的第二条", "每日工作不超过八小时。"),
    ],
)
def test_a_citation_finds_its_article_and_no_other(statutes: Library, question: str, text: str) -> None:
    assert found(statutes, question) == [text]


@pytest.mark.parametrize(
    "question", ["《合同法》第二条", "《示例市劳动法》第二条", "《劳动法》第九条", "我家有第二条狗"]
)
def test_what_there_is_not_is_not_found(statutes: Library, question: str) -> None:
    assert found(statutes, question) == []


def test_an_old_version_is_cited_as_of_its_days_only(library: Library) -> None:
    put(library.db, a_source("低保办法", "每月600元。", in_force_from=date(2025, 1, 1)))
    put(library.db, a_source("低保办法", "每月700元。", in_force_from=date(2026, 7, 1)))
    assert found(library, "《低保办法》第一条") == ["每月700元。"]
    assert found(library, "《低保办法》第一条", date(2026, 6, 30)) == ["每月600元。"]
    assert found(library, "《低保办法》第一条", date(2024, 6, 30)) == []


@pytest.mark.parametrize("state", [VersionState.repealed, VersionState.replaced])
def test_what_was_ended_on_an_unknown_day_is_never_cited(library: Library, state: VersionState) -> None:
    library.db.write_now(partial(store, source=a_source("收容办法", "予以收容。"), at=TODAY, state=state))
    assert found(library, "《收容办法》第一条") == []
    assert found(library, "《收容办法》第一条", TODAY.date() - timedelta(days=9000)) == []
