"""One change of a service: found by a clerk's words, written into its folder, and shown by what really is different."""

from collections.abc import Callable

import pytest

from skills import differences, edits, registry
from skills.edits import Edit
from skills.registry import Skill
from skills.sheets import say
from township.errors import Mistake

BANQUET = """\
# 家宴
name: 家宴预约
summary: 办酒席先说一声
owner: 食安办
for: [resident]
paper: 家宴申报表
examples: [俺家要办酒席, 办喜事摆几桌]
form:
  what: {kind: text, name: 什么事, ask: ask_what}
  kind:
    kind: choice
    name: 哪一类
    ask: ask_kind
    options: {red: {name: 红事}, white: {name: 白事}}
  guests: {kind: number, name: 人数, ask: ask_guests, most: 500}   # 按人算
workflow:
  start: check
  pace: help
  clocks:
    answer: {title: 有人接手, kind: telling, pace: answer, until: [inspect]}
    done: {title: 办好, pace: done, until: []}
  tell: [{text: filed}]
  stages:
    check:
      title: 村里看
      who: village_clerk of village
      within: 1 working day
      actions:
        agree: {title: 同意, to: [{when: guests >= 30, is: inspect}, {is: closed}]}
        back: {title: 退回补充, to: same, limit: 2}
    inspect:
      title: 镇里核实
      who: town_clerk of town
      actions:
        agree: {title: 同意, to: closed}
"""
TEXTS = """\
ask_what: 什么事？
ask_kind: 红事还是白事？
ask_guests: 大约多少人？
filed: "记下了，{number}。食材要留样，有事打 533-1000。"   # 一开始说的
"""


def service() -> Skill:
    loaded = registry.load_files("banquet", {"skill.yaml": BANQUET, "texts.yaml": TEXTS})
    assert loaded.skill is not None, loaded.problems
    return loaded.skill


CHANGES: list[tuple[str, Callable[[Skill], list[Edit]], str]] = [
    (
        "threshold",
        lambda one: edits.threshold(one, "人数线", 40),
        "人数 不少于 30：镇里核实；其他：办结 → 人数 不少于 40：镇里核实；其他：办结",
    ),
    ("deadline", lambda one: edits.deadline(one, "办好", "5 个工作日"), " → 5 个工作日"),
    ("stage", lambda one: edits.deadline(one, "村里看的时限", "2 天"), "1 个工作日 → 2 天"),
    (
        "a part of a text",
        lambda one: edits.sentence(one, "要留样", "喜事还是丧事？"),
        "食材要留样，有事打 533-1000。 → 喜事还是丧事？",
    ),
    ("text", lambda one: edits.sentence(one, "红事还是白事？", "喜事还是丧事？"), "红事还是白事？ → 喜事还是丧事？"),
    (
        "quoted",
        lambda one: edits.sentence(one, "记下了，宴 1 号。食材要留样，有事打 533-1000。", "记好了，{编号}。"),
        "→ 记好了，{编号}。",
    ),
    ("handler", lambda one: edits.handler(one, "镇里核实", "便民服务中心"), "镇文书 → 便民服务中心"),
    ("option", lambda one: edits.option(one, "", "满月"), "→ red=红事、white=白事、满月"),
    ("example", lambda one: edits.example(one, "俺儿要娶媳妇"), "俺儿要娶媳妇"),
    ("owner", lambda one: edits.owner(one, "民政办"), "归谁管：食安办 → 民政办"),
    ("phone", lambda one: edits.phone(one, "533-2000"), "有事打 533-2000"),
    ("most", lambda one: edits.most(one, "人数", 300), "500 → 300"),
    ("limit", lambda one: edits.most(one, "退回", 3), "最多几次"),
]


@pytest.mark.parametrize(("change", "shown"), [one[1:] for one in CHANGES], ids=[one[0] for one in CHANGES])
def test_a_change_is_shown_before_and_after_and_touches_nothing_else(
    change: Callable[[Skill], list[Edit]], shown: str
) -> None:
    before = service()
    after = edits.edited(before, change(before))
    (difference,) = differences.between(before, after)
    assert shown in difference.in_words(), difference.in_words()
    assert "# 按人算" in after.files["skill.yaml"]
    assert "# 一开始说的" in after.files["texts.yaml"] or "记好了" in after.files["texts.yaml"]
    kept = [line for line in before.files["skill.yaml"].splitlines() if line in after.files["skill.yaml"].splitlines()]
    assert len(kept) >= len(BANQUET.splitlines()) - 2, after.files["skill.yaml"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one: edits.threshold(one, "桌数线", 40), None),
        (lambda one: edits.most(one, "气球", 3), "change_no_such"),
        (lambda one: edits.deadline(one, "看星星", "3 天"), "change_no_such"),
        (lambda one: edits.handler(one, "镇里核实", "王母娘娘"), "change_no_person"),
        (lambda one: edits.handler(one, "里", "镇文书"), "change_several"),
        (lambda one: edits.sentence(one, "从来没说过这样的话", "好"), "change_no_such"),
        (lambda one: edits.sentence(one, "filed", "好{气球}"), "change_broken"),
        (lambda one: edits.option(one, "颜色", "红"), None),
    ],
)
def test_what_is_not_clear_is_asked_and_what_breaks_the_service_is_refused(
    change: Callable[[Skill], list[Edit]], code: str | None
) -> None:
    before = service()
    if code is None:
        assert edits.edited(before, change(before)).manifest != before.manifest  # only one thing can be meant
        return
    with pytest.raises(Mistake) as wrong:
        edits.edited(before, change(before))
    assert wrong.value.code == code


def test_a_line_behind_several_stages_is_shown_wherever_it_stands() -> None:
    shipped = registry.load(registry.HERE / "village_report").skill
    assert shipped is not None
    after = edits.edited(shipped, edits.most(shipped, "退回", 3))
    assert len({one.row for one in differences.between(shipped, after)}) >= 2


MISSED: list[tuple[str, Callable[[Skill], list[Edit]], str]] = [
    ("handler", lambda one: edits.handler(one, "县里看", "镇领导"), "有的是：村里看、镇里核实。"),
    ("deadline", lambda one: edits.deadline(one, "县里看的时限", "2 天"), "有的是：有人接手、办好、村里看、镇里核实。"),
    ("most", lambda one: edits.most(one, "气球", 3), "有的是：人数。"),
]


@pytest.mark.parametrize(("change", "told"), [one[1:] for one in MISSED], ids=[one[0] for one in MISSED])
def test_what_is_called_otherwise_is_told_with_what_there_is(change: Callable[[Skill], list[Edit]], told: str) -> None:
    with pytest.raises(Mistake) as wrong:
        change(service())
    assert told in say(wrong.value.code, **wrong.value.values)


def test_a_promise_that_no_row_holds_is_compared_in_words() -> None:
    before = registry.load(registry.HERE / "village_report").skill
    assert before is not None
    after = edits.edited(before, edits.deadline(before, "有人接手", "3 个工作小时"))
    (difference,) = differences.between(before, after)
    assert difference.in_words() == "有人接手：按快慢的档次 → 3 个工作小时"


def feast() -> Skill:
    loaded = registry.load(registry.HERE / "gallery" / "feast")
    assert loaded.skill is not None
    return loaded.skill


@pytest.mark.parametrize("word", ["桌数线", "几桌线", "人数线", "席数"])
def test_a_line_is_known_by_what_is_counted_and_by_what_is_worked_out_from_it(word: str) -> None:
    with pytest.raises(edits.Several) as several:
        edits.threshold(feast(), word, 12)
    assert len(several.value.places) > 3


def test_a_line_of_something_else_is_not_there_and_the_lines_that_are_there_are_named() -> None:
    with pytest.raises(Mistake) as told:
        edits.threshold(feast(), "气球线", 12)
    assert (told.value.code, told.value.values["known"]) == ("change_no_such", "几桌")
