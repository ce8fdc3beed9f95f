"""Which document a cited title means."""

import pytest

from knowledge.search import titles

KNOWN = (
    "中华人民共和国民法典",
    "中华人民共和国刑法",
    "中华人民共和国劳动法",
    "中华人民共和国劳动合同法",
    "中华人民共和国仲裁法",
    "中华人民共和国劳动争议调解仲裁法",
    "中华人民共和国民事诉讼法",
    "中华人民共和国刑事诉讼法",
    "中华人民共和国海事诉讼特别程序法",
    "中华人民共和国治安管理处罚法",
    "中华人民共和国村民委员会组织法",
    "中华人民共和国消费者权益保护法",
    "最高人民法院关于审理民间借贷案件适用法律若干问题的规定",
    "示例镇高龄津贴发放办法",
)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("劳动法", "中华人民共和国劳动法"),
        ("中华人民共和国劳动合同法", "中华人民共和国劳动合同法"),
        ("仲裁法", "中华人民共和国仲裁法"),
        ("民诉法", "中华人民共和国民事诉讼法"),
        ("治安处罚法", "中华人民共和国治安管理处罚法"),
        ("消费者保护法", "中华人民共和国消费者权益保护法"),
        ("村委会组织法", "中华人民共和国村民委员会组织法"),
        ("民间借贷司法解释", "最高人民法院关于审理民间借贷案件适用法律若干问题的规定"),
        ("高龄津贴发放办法", "示例镇高龄津贴发放办法"),
    ],
)
def test_a_title_in_brackets_may_be_short(said: str, title: str) -> None:
    assert titles.meant(said, KNOWN) == {title}


@pytest.mark.parametrize("said", ["合同法", "担保法", "诉讼法", "发放办法", "法", ""])
def test_a_title_that_we_do_not_have_is_not_taken_for_another(said: str) -> None:
    assert titles.meant(said, KNOWN) == frozenset()


@pytest.mark.parametrize(
    ("before", "title"),
    [
        ("请问劳动合同法", "中华人民共和国劳动合同法"),
        ("根据刑法的", "中华人民共和国刑法"),
        ("中华人民共和国刑事诉讼法里", "中华人民共和国刑事诉讼法"),
        ("我打架了，治安处罚法", "中华人民共和国治安管理处罚法"),
        ("想看看民诉法，", "中华人民共和国民事诉讼法"),
    ],
)
def test_without_brackets_the_end_of_what_stands_before_is_the_title(before: str, title: str) -> None:
    assert (titles.ending(before, KNOWN) or titles.meant_before(before, KNOWN)) == {title}


@pytest.mark.parametrize("before", ["这件事", "按照规定", "我妈说", ""])
def test_talk_before_an_article_names_nothing(before: str) -> None:
    assert titles.ending(before, KNOWN) == frozenset()
    assert titles.meant_before(before, KNOWN) == frozenset()
