"""What one person gets: the line of a table, by rule."""

import pytest

from knowledge.numbers import brackets
from knowledge.numbers.figures import figures, normal

CLAUSE = """每人每月的标准：
（一）八十至八十九周岁，六十元；
（二）九十至九十九周岁，一百五十元；
（三）一百周岁以上，五百元。"""
FACT = "80–89岁60元，90–99岁150元，100岁以上500元，每人每月。"
CARE = "2026年生活补贴每人每月160元；护理补贴一级每人每月170元、二级每人每月140元。两样都符合的可以都领。"


@pytest.mark.parametrize("text", [CLAUSE, FACT])
@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("俺爹83一个月领多少", "60"),
        ("俺娘今年九十一岁了能领多少钱", "150"),
        ("俺奶奶102岁补多少", "500"),
        ("八十九岁的老人发多少", "60"),
    ],
)
def test_the_line_into_which_a_person_falls_is_chosen(text: str, question: str, amount: str) -> None:
    found = brackets.choose(question, text)
    assert found is not None
    _, bracket = found
    assert bracket is not None
    money = [figure.value for figure in figures(normal(bracket.words)) if figure.unit == "元"]
    assert money == [amount]


def test_who_is_in_no_bracket_is_told_so() -> None:
    found = brackets.choose("俺爹76岁能领多少", CLAUSE)
    assert found is not None
    assert (found[0].said, found[1]) == ("76岁", None)


def test_a_degree_chooses_too() -> None:
    found = brackets.choose("俺是二级残疾护理补贴领多少", CARE)
    assert found is not None
    assert found[1] is not None
    assert "140元" in found[1].words
    assert "170" not in found[1].words


@pytest.mark.parametrize("question", ["高龄津贴多少钱", "俺爹83了去哪办", "每月发60元的是啥", "533-1012是哪的电话"])
def test_a_question_that_names_no_person_s_case_chooses_none(question: str) -> None:
    assert brackets.choose(question, CLAUSE) is None


def test_a_text_that_speaks_of_no_degree_chooses_none_for_one() -> None:
    assert brackets.choose("残疾证二级，一个月有多少钱", "残疾人两项补贴每月10日前发到社保卡上，一百元。") is None


def test_a_text_without_a_table_chooses_none() -> None:
    assert brackets.choose("俺爹83能领多少", "年满八十周岁的老人可以领。") is None


@pytest.mark.parametrize(
    ("question", "personal"),
    [
        ("俺爹一个月领多少", True),
        ("我能报多少", True),
        ("83岁发多少", True),
        ("高龄津贴标准是多少", False),
        ("俺爹去哪办", False),
    ],
)
def test_a_question_about_one_person_s_money_is_known(question: str, personal: bool) -> None:
    assert brackets.asks_personally(question) is personal
