"""What people say, in the statutes' words."""

import pytest

from knowledge.language.widening import statutes_words


@pytest.mark.parametrize(
    ("question", "official"),
    [
        ("老板拖欠工资咋办", {"用人单位", "劳动报酬"}),
        ("老公打我", {"家庭暴力"}),
        ("房东不退押金", {"租赁合同", "出租人", "承租人"}),
        ("酒驾判几年", {"饮酒后驾驶机动车", "有期徒刑"}),
    ],
)
def test_a_question_gets_the_words_of_the_law(question: str, official: set[str]) -> None:
    assert official <= set(statutes_words(question).split())


@pytest.mark.parametrize("question", ["", "今天天气真好", "出租人和承租人签的租赁合同"])
def test_nothing_is_added_where_nothing_is_known_or_missing(question: str) -> None:
    assert statutes_words(question) == ""


def test_the_longest_word_counts_alone() -> None:
    assert "盗窃" not in statutes_words("偷税").split()
