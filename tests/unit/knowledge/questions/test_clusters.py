"""Which questions are one: stable, incremental, by words alone and with a vector beside them."""

from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.language import lexicon
from knowledge.questions.clusters import Cluster, Likeness, Wording, gather, home_of

LIKENESS = Likeness(lexicon.load())
SAME = [
    ("拖拉机驾驶证年审在哪办", "拖拉机驾驶证年审到哪里办呀"),
    ("外嫁女还算不算咱村的人", "嫁出去的外嫁女算不算村里的人"),
    ("麦秸能不能粉碎还田补钱", "麦秸粉碎还田补不补钱"),
]
OTHER = [
    ("拖拉机驾驶证年审在哪办", "外嫁女还算不算咱村的人"),
    ("卫生室电话多少", "卫生室几点开门"),
    ("低保咋申请", "医保咋申请"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_words_for_the_same_are_one(one: str, other: str) -> None:
    assert LIKENESS.are_alike(Wording(one), Wording(other)) >= 1


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_topic_or_another_thing_asked_of_it_is_another(one: str, other: str) -> None:
    assert LIKENESS.are_alike(Wording(one), Wording(other)) == 0
    vector = np.array([1, 0], np.float32)
    with_meaning = LIKENESS.are_alike(Wording(one, vector), Wording(other, vector))
    assert with_meaning == 0 or one == OTHER[0][0], "nearness of meaning does not overrule what is asked"


def test_meaning_brings_together_what_shares_few_words() -> None:
    one, other = "拖拉机的本子快到期了去哪换", "拖拉机驾驶证换证在哪"
    near, far = np.array([1, 0], np.float32), np.array([0.8, 0.6], np.float32)
    assert LIKENESS.are_alike(Wording(one, near), Wording(other, near)) >= 1
    assert LIKENESS.are_alike(Wording(one, near), Wording(other, far)) < 1


def test_a_new_question_joins_the_nearest_and_names_stay() -> None:
    known = [
        Cluster("a", (Wording("拖拉机驾驶证年审在哪办"),)),
        Cluster("b", (Wording("外嫁女还算不算咱村的人"),)),
    ]
    assert home_of(LIKENESS, Wording("拖拉机年审在哪办"), known) == "a"
    names = (f"new{n}" for n in count())
    new = {
        "q1": Wording("外嫁女算不算村里的人"),
        "q2": Wording("机井浇地一小时多少钱"),
        "q3": Wording("机井浇地多少钱一小时"),
    }
    homes = gather(LIKENESS, new, known, lambda: next(names))
    assert homes == {"q1": "b", "q2": "new0", "q3": "new0"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([text for pair in SAME + OTHER for text in pair]), max_size=12))
def test_in_one_go_or_one_by_one_is_the_same(asked: list[str]) -> None:
    new = {f"q{n}": Wording(text) for n, text in enumerate(asked)}
    names = (f"c{n}" for n in count())
    at_once = gather(LIKENESS, new, [], lambda: next(names))
    again = (f"c{n}" for n in count())
    known: list[Cluster] = []
    for question, wording in new.items():
        home = gather(LIKENESS, {question: wording}, known, lambda: next(again))[question]
        assert home == at_once[question]
        held = {each.id: each.wordings for each in known}
        held[home] = (*held.get(home, ()), wording)
        known = [Cluster(name, wordings) for name, wordings in held.items()]
