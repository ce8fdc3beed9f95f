"""How sure a clause is: what it says must be what is wanted, however near its matter is."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knowledge.embeddings import OnnxEmbedder
from knowledge.language import lexicon
from knowledge.models import Level
from knowledge.retriever import Hit
from knowledge.search import vectors
from knowledge.search.confidence import SURE, rate

BUILT = Path(__file__).parents[4] / "var" / "models" / "e5-small-zh"
WORDS = lexicon.load()
SUBSIDY = "三、怎么申请\n带身份证、购机发票，到镇农业服务中心申请农机购置补贴。拖拉机和收割机要先上牌。"
ABOUT: Mapping[str, Any] = {
    "clause_id": "c", "version_id": "v", "document_id": "d", "title": "关于农机购置补贴的通知", "doc_no": "",
    "issuer": "", "level": Level.town, "chapter": "", "number": "三、", "page": None, "path": "1", "text": SUBSIDY,
    "in_force_from": None, "in_force_until": None, "village_id": None, "sample": True, "score": 1.0, "words": 1.0,
}  # fmt: skip
NEAR = 0.92
"""A cosine at which the default embedder finds two texts to be about the same."""


def sure_of(question: str, *, text: str = SUBSIDY, title: str = ABOUT["title"], cosine: float | None = NEAR) -> float:
    hit = Hit(**{**ABOUT, "text": text, "title": title, "cosine": cosine})
    return rate(WORDS, question, [hit], lambda part: float(len(part)))[0].confidence


@pytest.mark.parametrize("done", ["年审", "年检", "过户", "报废", "抵押贷款", "丢了去哪补", "退货退款"])
def test_what_is_wanted_and_not_spoken_of_keeps_a_near_clause_back(done: str) -> None:
    assert sure_of(f"拖拉机{done}在哪办") < SURE <= sure_of("拖拉机补贴在哪申请")


@pytest.mark.parametrize("asked", ["拖拉机上牌不", "收割机挂牌不", "拖拉机要先上车牌不"])
def test_what_is_wanted_is_found_under_another_word(asked: str) -> None:
    assert sure_of(asked) >= SURE


def test_what_stands_in_the_title_is_spoken_of() -> None:
    title = "农村房屋过户办事指南"
    assert sure_of("房子过户带啥", text="带身份证和房屋产权证。", title=title) >= SURE
    assert sure_of("房子抵押带啥", text="带身份证和房屋产权证。", title=title) < SURE


def test_a_share_that_is_paid_back_is_being_paid_back() -> None:
    assert sure_of("慢性病买药给报不", text="门诊慢性病批下来以后买药报65%。", title="医保通知") >= SURE


@pytest.mark.skipif(not (BUILT / "embedder.json").is_file(), reason="the default embedder is not built: make setup")
def test_a_yearly_look_at_a_tractor_is_no_subsidy_to_the_default_embedder() -> None:
    embedder = OnnxEmbedder(BUILT)
    (passage,) = embedder.embed_passages([vectors.passage(ABOUT["title"], SUBSIDY)])
    near = {
        asked: float(passage @ embedder.embed_query(WORDS.widen(asked)))
        for asked in ("拖拉机年审在哪办", "买拖拉机咋申请补贴")
    }
    sure = {asked: sure_of(asked, cosine=cosine) for asked, cosine in near.items()}
    assert sure["拖拉机年审在哪办"] < SURE <= sure["买拖拉机咋申请补贴"]


def test_the_paper_that_was_lost_must_be_the_clauses_own() -> None:
    lost = "五、证丢了\n老年人优待证丢了带身份证补办，不收钱。"
    about = "老年人优待证办事指南"
    assert (
        sure_of("身份证丢了上哪补", text=lost, title=about) < SURE <= sure_of("老年卡丢了咋补", text=lost, title=about)
    )


def test_a_paper_that_nobody_speaks_of_keeps_a_near_clause_back() -> None:
    paid = "城乡居民养老金每月15日前发到社保卡上，在镇人社所办。"
    assert sure_of("退休证在哪办", text=paid, title="养老金发放通知") < SURE
    assert sure_of("养老金在哪办", text=paid, title="养老金发放通知") >= SURE


def test_of_a_statute_all_candidates_bear_witness() -> None:
    hit = Hit(**{**ABOUT, "cosine": NEAR})
    doubted, found = (replace(hit, there=there) for there in (0.05, 0.95))
    asked = "拖拉机补贴在哪申请"
    sure = [rate(WORDS, asked, [each], lambda part: float(len(part)))[0].confidence for each in (doubted, hit, found)]
    assert sure[0] < sure[1] < sure[2]
