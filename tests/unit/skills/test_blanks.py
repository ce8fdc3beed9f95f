"""A sentence that speaks of what nobody has filled is told before a villager hears the blank."""

import pytest

from skills import checks, drafting, registry
from skills.blanks import blanks
from skills.registry import Skill


def template(old: str, new: str) -> Skill:
    files = dict(drafting.template("borrow").skill.files)  # type: ignore[union-attr]
    assert old in files["skill.yaml"]
    files["skill.yaml"] = files["skill.yaml"].replace(old, new, 1)
    skill = registry.load_files("borrow", files).skill
    assert skill is not None
    return skill


TAKE = "take: {title: 收下, to: handle, assign: me}"


def test_a_sentence_that_another_action_fills_is_said_empty_by_this_one_and_check_says_so() -> None:
    skill = template(TAKE, TAKE + "\n        later: {title: 以后再说, to: closed, tell: [{text: refused}]}")
    assert [(one.text, one.field, one.said_by) for one in blanks(skill.definition)] == [
        ("refused", "reason", "以后再说")
    ]
    (told,) = [one for one in checks.warnings(skill) if "听到的是空的" in one]
    assert "“办不了的话”" in told
    assert "“为什么办不了”" in told
    assert "“以后再说”" in told


@pytest.mark.parametrize(
    "later",
    [
        "later: {title: 办不了了, to: closed, tell: [{text: refused}], needs: {reason: {kind: text, name: 缘故}}}",
        "later: {title: 看看再说, to: closed, tell: [{text: refused, when: reason is not empty}]}",
        "later: {title: 再说, to: closed, tell: [{text: thanks}]}",
    ],
)
def test_what_is_filled_by_then_or_said_on_a_condition_is_none(later: str) -> None:
    assert not list(blanks(template(TAKE, f"{TAKE}\n        {later}").definition))


def test_what_an_earlier_stage_asked_is_known_later_and_what_a_later_one_asks_is_not() -> None:
    early = template("tell: [{text: closing}]", "tell: [{text: closing}, {text: refused}]")
    assert [one.said_by for one in blanks(early.definition)] == ["等村民说好没好"]
    known = template(TAKE, "take: {title: 收下, to: handle, assign: me, needs: {reason: {kind: text, name: 缘故}}}")
    assert not list(blanks(known.definition))


def test_no_service_of_the_house_or_to_begin_with_says_a_blank() -> None:
    skills = [registry.load(folder).skill for folder in registry.every()]
    assert len(skills) > 20
    assert not [(one.id, blank) for one in skills if one for blank in blanks(one.definition)]
