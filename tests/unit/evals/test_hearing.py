"""Teaching the second ear: everyday sentences hold no emergency, and a piece of the cries comes out heavier."""

import numpy as np

from bot.dialogue.hearing import signs
from evals.hearing import Lesson, everyday, learn


def test_everyday_sentences_raise_no_alarm_by_the_rules() -> None:
    sentences = list(everyday())
    assert len(sentences) > 100
    assert all(signs.by_rule(signs.plain(text)) is None for text in sentences)


def test_what_stands_in_cries_only_weighs_more_and_the_same_each_time() -> None:
    rows = [np.array([0, 2]), np.array([1, 2])] * 20
    data = Lesson(rows, [0.7] * 40, [True, False] * 20, ["火", "米", "了"])
    bias, weights = learn(data)
    assert weights[0] > 1 > -1 > weights[1]
    assert learn(data)[0] == bias
