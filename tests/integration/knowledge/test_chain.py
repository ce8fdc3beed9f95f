"""The retriever behind LangChain's interface: within a chain, for one scope, as of one day."""

from datetime import date, datetime

from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from knowledge.chain import ClauseRetriever
from knowledge.library import Library
from tests.integration.knowledge.builders import TODAY, a_source, put
from township.clock import SHANGHAI
from township.scope import Audience, Scope

OPEN = Scope.public("town")


def texts(documents: list[Document]) -> list[str]:
    return [document.page_content for document in documents]


def test_a_chain_hears_what_its_scope_may_see(library: Library) -> None:
    put(
        library.db,
        a_source("公开", "清渠从三月开始。"),
        a_source("柳树村", "柳树村清渠在三月五日。", village_id="liushu", audience=Audience.RESIDENT),
        a_source("干部", "清渠经费两万元。", audience=Audience.CADRE),
    )
    library.refresh(TODAY.date())
    villager = Scope("town", villages=frozenset({"liushu"}), audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
    wide, narrow = (ClauseRetriever(library=library, scope=scope, at=TODAY) for scope in (villager, OPEN))
    assert set(texts(wide.invoke("清渠"))) == {"清渠从三月开始。", "柳树村清渠在三月五日。"}
    assert texts(narrow.invoke("清渠")) == ["清渠从三月开始。"]
    chain = narrow | RunnableLambda(texts)
    assert chain.batch(["清渠", "清渠哪天"]) == [["清渠从三月开始。"]] * 2


def test_a_chain_of_another_day_hears_the_rule_of_that_day(library: Library) -> None:
    put(library.db, a_source("低保办法", "低保每月600元。", in_force_from=date(2025, 1, 1)))
    put(library.db, a_source("低保办法", "低保每月700元。", in_force_from=date(2026, 7, 1)))
    library.refresh(TODAY.date())
    then = datetime(2026, 6, 30, 9, 0, tzinfo=SHANGHAI)
    found = {at: ClauseRetriever(library=library, scope=OPEN, at=at).invoke("低保每月多少") for at in (then, TODAY)}
    assert texts(found[then]) == ["低保每月600元。"]
    assert texts(found[TODAY]) == ["低保每月700元。"]
    assert found[then][0].metadata["in_force_until"] == date(2026, 6, 30)


async def test_a_document_says_where_it_is_from(library: Library) -> None:
    put(library.db, a_source("低保办法", "申请低保到村委会。", "每年复核一次。", doc_no="示政发〔2026〕3号"))
    library.refresh(TODAY.date())
    [document] = await ClauseRetriever(library=library, scope=OPEN, at=TODAY, limit=1).ainvoke("怎么申请低保")
    told = {name: document.metadata[name] for name in ("title", "doc_no", "number")}
    assert told == {"title": "低保办法", "doc_no": "示政发〔2026〕3号", "number": "第1条"}
    assert document.id == document.metadata["clause_id"]
