"""What a clerk can write wrong in a field is found when the folder is read, with the place and a suggestion."""

import pytest

from skills import registry

SKILL = """
name: 借桌椅
summary: 借村里的桌椅
owner: 村委会
for: [resident]
risk: A
paper: 借物登记表
examples: [借桌子]
form:
  tables: {kind: number, name: 桌子, ask: ask_tables}
  %s
workflow:
  start: lend
  tell: [{text: filed}]
  stages:
    lend:
      title: 等人拿
      who: village_clerk of village
      actions:
        done: {title: 借了, to: closed}
texts:
  ask_tables: 借几张？
  filed: 记下了。
"""


@pytest.mark.parametrize(
    ("field", "words", "suggests"),
    [
        ("chairs: {kind: number, name: 椅子, value: table * 8}", "table", "tables"),
        ("list: {kind: rows, name: 名单}", "rows", ""),
        ("day: {kind: dat, name: 哪天}", "dat", "date"),
        ("chairs: {kind: number, name: 椅子, value: tables *}", "tables *", ""),
    ],
)
def test_a_wrong_field_is_told_with_its_place(field: str, words: str, suggests: str) -> None:
    loaded = registry.load_files("borrow", {"skill.yaml": SKILL % field})
    (problem,) = loaded.problems
    assert words in str(problem)
    assert suggests in str(problem)
    assert problem.line == 11


def test_a_derived_value_of_known_fields_is_right() -> None:
    field = "chairs: {kind: number, name: 椅子, value: tables * 8}"
    assert registry.load_files("borrow", {"skill.yaml": SKILL % field}).skill is not None


@pytest.mark.parametrize(("unit", "wants"), [("", True), (" 元", False), (" yuan", False)])
def test_money_in_a_condition_wants_its_unit(unit: str, wants: bool) -> None:
    fields = "paid: {kind: money, name: 押金}\n  deep: {kind: text, name: 几条腿, ask: ask_tables, when: paid > 50%s}"
    loaded = registry.load_files("borrow", {"skill.yaml": SKILL % (fields % unit)})
    assert any("写清单位：50 元" in str(one) for one in loaded.problems) is wants
