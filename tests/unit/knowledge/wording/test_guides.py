"""The fields of a guide: those asked for, or the short set, each as it stands there."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.language import lexicon
from knowledge.models import Level
from knowledge.retriever import Hit
from knowledge.wording import guides

WORDS = lexicon.load()
CARD = (
    ("一、", "谁可以办\n在本镇居住、年满60周岁的老人可以办老年人优待证，不限户籍。"),
    ("二、", "带什么\n身份证原件、近期一寸照片1张。外地户籍的，说一声现在住在哪个村就行，不用开居住证明。"),
    (
        "三、",
        "在哪办、多久\n老年人优待证到村委会或镇便民服务大厅6号窗口办，不收钱，当场发证。腿脚不便的可以由家里人代办。",
    ),
    ("五、", "证丢了\n老年人优待证丢了带身份证补办，不收钱，也不用登报。"),
)


def hits() -> list[Hit]:
    about = {"title": "老年人优待证办事指南", "doc_no": "示例民〔2025〕9号", "issuer": "", "level": Level.town}
    dates = {"in_force_from": date(2025, 6, 3), "in_force_until": date(2028, 6, 2), "village_id": None, "sample": True}
    first = Hit(
        "c",
        "v",
        "d",
        **about,
        chapter="",
        number="",
        page=None,
        path="",
        text="",
        **dates,
        score=1.0,
        cosine=None,
        words=1.0,
    )  # type: ignore[arg-type]
    return [replace(first, clause_id=f"c{n}", number=number, text=text) for n, (number, text) in enumerate(CARD)]


@pytest.mark.parametrize("question", ["老年卡咋办", "老年人优待证怎么办理", "想办老年证"])
def test_how_to_go_about_it_asks_for_the_short_set(question: str) -> None:
    assert "materials" in guides.asked(WORDS, question)


@pytest.mark.parametrize("question", ["老年卡要带啥", "老年卡丢了咋办", "老年卡多少钱", "咋办", "老年卡有啥用"])
def test_one_thing_asked_is_no_matter_of_several_fields(question: str) -> None:
    assert guides.asked(WORDS, question) == ()


def test_what_is_asked_for_together_is_told_together() -> None:
    assert guides.asked(WORDS, "老年卡要带啥，去哪办，要钱不") == ("materials", "window", "fee")
    told = guides.lines(hits(), ("materials", "window", "fee"))
    assert [(line.label, line.hit.number) for line in told] == [("要带", "二、"), ("去哪、收费", "三、")]
    assert all(line.text in line.hit.text for line in told)


def test_the_short_set_stands_in_the_order_of_the_guide() -> None:
    told = guides.lines(hits(), guides.asked(WORDS, "老年卡咋办"))
    assert [line.hit.number for line in told] == ["一、", "二、", "三、"]
    assert sum(len(line.text) for line in told) <= guides.LONGEST


def test_a_document_that_hardly_is_a_guide_tells_no_fields() -> None:
    assert guides.lines(hits()[3:], ("phone", "duration")) == ()
