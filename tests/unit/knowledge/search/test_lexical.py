"""The word index: characters and pairs, numbers whole, several indexes as one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search import lexical

TEXTS = [
    "老年人优待证免费办理，带身份证原件",
    "路灯损坏由村委会在三日内报修",
    "高龄津贴每人每月100元，按季发放",
    "高龄津贴每人每月1000元，一次发放",
    "示政发〔2026〕3号 秸秆禁烧通知",
    "示政发〔2026〕31号 防汛通知",
]


def scored(query: str, texts: list[str] = TEXTS) -> list[float]:
    return [float(score) for score in lexical.scores([lexical.build(texts)], query)[0]]


def test_the_text_that_shares_most_comes_first() -> None:
    assert int(np.argmax(scored("老年卡免费办吗"))) == 0
    assert int(np.argmax(scored("村里的路灯坏了谁报修"))) == 1


def test_a_number_is_not_found_inside_a_longer_one() -> None:
    hundred = scored("100")
    assert hundred[2] > 0
    assert hundred[3] == 0


def test_a_document_number_is_one_symbol_in_any_brackets() -> None:
    for written in ("〔2026〕3号", "[2026]3号", "（2026）3号"):
        found = scored(written)
        assert int(np.argmax(found)) == 4, written


def test_full_width_and_capitals_do_not_matter() -> None:
    assert scored("ＷＩＦＩ", ["有wifi", "没有"])[0] > 0


def test_punctuation_alone_finds_nothing() -> None:
    assert not any(scored("，。？！…"))
    assert not any(scored(""))


def test_an_empty_index_answers_with_nothing() -> None:
    assert lexical.scores([lexical.build([])], "路灯")[0].size == 0
    assert scored("路灯", ["", "。"]) == [0, 0]


def test_no_index_at_all_is_no_answer() -> None:
    assert lexical.scores([], "路灯") == []


def test_several_indexes_weigh_a_word_as_one_would() -> None:
    """A word that is everywhere in the large index is not rare because a small one has it once."""
    apart = lexical.scores([lexical.build(["津贴", "路灯"]), lexical.build(["津贴一", "津贴二", "津贴三"])], "津贴")
    alone = lexical.scores([lexical.build(["津贴", "路灯"])], "津贴")
    assert 0 < apart[0][0] < alone[0][0]


@given(st.lists(st.text(alphabet="甲乙丙丁12。", min_size=1, max_size=12), min_size=1, max_size=8))
def test_only_texts_that_share_a_term_are_scored(texts: list[str]) -> None:
    query = texts[0]
    asked = set(lexical.terms_of(query).tolist())
    for text, score in zip(texts, scored(query, texts), strict=True):
        assert (score > 0) == bool(asked & set(lexical.terms_of(text).tolist()))


def test_postings_of_many_slices_are_those_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lexical.scores([lexical.build(TEXTS)], "高龄津贴100元")[0]
    monkeypatch.setattr(lexical, "SLICE", 2)
    assert np.allclose(lexical.scores([lexical.build(TEXTS)], "高龄津贴100元")[0], whole)
