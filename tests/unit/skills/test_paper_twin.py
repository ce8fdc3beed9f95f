"""The paper twin holds every question of the form, in the way it is written by hand."""

import pytest

from skills import paper_twin, registry

HOUSE = [one.skill for one in registry.house() if one.skill]
SKILL = """
name: 借桌椅
summary: 借村里的桌椅
owner: 村委会
for: [resident]
risk: A
paper: 借物登记表
examples: [借桌子]
form:
  day: {kind: date, name: 哪天用, ask: ask}
  stay: {kind: period, name: 从哪天到哪天, ask: ask}
  tables: {kind: number, name: 桌子, unit: [张], ask: ask}
  chairs: {kind: number, name: 椅子, value: tables * 8}
  where: {kind: choice, name: 在哪儿, ask: ask, options: {hall: {name: 大食堂}, yard: {name: 自家院里}}}
  deposit: {kind: yes_no, name: 押金, ask: ask}
  things:
    kind: rows
    name: 还借什么
    ask: ask
    rows: {what: {kind: text, name: 东西}, many: {kind: number, name: 几件}}
  said: {kind: text, name: 村民的话, optional: true}
workflow:
  start: lend
  stages:
    lend:
      title: 等人拿
      who: village_clerk of village
      actions: {done: {title: 借了, to: closed}}
texts:
  ask: 问<一>句
"""


def test_each_kind_has_its_blanks_and_what_is_worked_out_is_left_out() -> None:
    skill = registry.load_files("borrow", {"skill.yaml": SKILL}).skill
    assert skill is not None
    page = paper_twin.page(skill.manifest, town="示例镇")
    assert "<h1>示例镇借物登记表</h1>" in page
    for written in ("年＿＿月＿＿日　□ 农历", "＿＿张", "□ 大食堂　□ 自家院里", "□ 是　□ 不是", "<th>东西", "<th>几件"):
        assert written in page
    assert page.count("<td><td>") == paper_twin.ROWS
    assert "椅子" not in page
    assert "村民的话" not in page
    assert "问&lt;一&gt;句" in page


@pytest.mark.parametrize("skill", HOUSE, ids=[skill.id for skill in HOUSE])
def test_every_service_of_the_house_has_one(skill: registry.Skill) -> None:
    page = paper_twin.page(skill.manifest)
    assert all(one.name in page for one in skill.manifest.form.values() if one.ask)


def test_who_has_to_fill_in_a_line_stands_beside_it() -> None:
    sheet = SKILL.replace("name: 押金, ask: ask", "name: 押金, ask: ask, when: tables >= 10 and where == hall")
    skill = registry.load_files("borrow", {"skill.yaml": sheet}).skill
    assert skill is not None
    assert "<small>（桌子 不少于 10 并且 在哪儿 是 大食堂，才填）</small>" in paper_twin.page(skill.manifest)
    assert "才填" not in paper_twin.page(skill.manifest).partition("押金")[0]
