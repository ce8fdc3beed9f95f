"""Services with a roster, rounds or a showing that would wake a hundred people or show a bare number are refused."""

from pathlib import Path

import pytest

from skills import registry

LISTS = Path(__file__).parents[2] / "integration" / "workflows" / "lists"

WRONG = [
    ("well_fee", "listed: true", "listed: false", "listed: true"),
    ("well_fee", "words: [已缴清], action: paid}", "words: [缴], action: payed}", "payed"),
    ("well_fee", "谁收的: by", "谁收的: hwo", "hwo"),
    ("well_fee", "shows: [name, group, due]", "shows: [name, grup]", "grup"),
    ("well_fee", "name: 户主, group", "nam: 户主, group", "nam"),
    ("well_fee", "late: [{at: 80%, do: digest}, {", "late: [{at: 80%, do: ask_leader, who: duty}, {", "惊动领导"),
    ("lamp_round", "every: 每周三 08:00", "every: 礼拜三", "礼拜三"),
    ("lamp_round", "late: [{at: 100%, do: close, result: done}]", "late: [{at: 100%, do: digest}]", "自己了结"),
    ("lamp_round", "digest: town_clerk", "digest: town_clark", "town_clark"),
    ("school_aid", "mask: [name, phone]", "mask: [name]", "电话"),
    ("school_aid", "shows: [name, phone, amount]", "shows: [name, phone, amont]", "amont"),
    ("school_aid", "over: {title: 公示期满, to: pay}", "ovre: {title: 公示期满, to: pay}", "over"),
    ("school_aid", "      title: 公示\n      within: 7 working days", "      title: 公示", "多长时间"),
]  # fmt: skip


LINKED = "listed: true\n      by_link: {actions: [paid, absent], shows: [name, due], within: 2 days}"
LINKS = [
    ("by_link: {actions: [paid, absent]", "by_link: {actions: [payed]", "payed"),
    ("shows: [name, due]", "shows: [name, duw]", "duw"),
    ("within: 2 days", "within: soon", "soon"),
    ("shows: [name, due]", "shows: [phone]", ""),
    ("due: {kind: money, name: 应缴}", "due: {kind: money, name: 应缴, sensitive: true}", "敏感"),
    ("paid: {title: 已缴,", "paid: {title: 已缴, assign: me,", "拿着链接的人"),
    ("why: {kind: text, name: 说明, optional: true}", "why: {kind: person, name: 问了谁, optional: true}", "问了谁"),
    ("  number: skill", "  number: skill\n  restricted: participants", "限看"),
    ("listed: true", "listed: true\n      waits: villager", "等的不是干部"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), LINKS)
def test_what_nobody_outside_may_do_or_read_is_refused(right: str, wrong: str, said: str) -> None:
    text = (LISTS / "well_fee" / "skill.yaml").read_text("utf-8").replace("listed: true", LINKED)
    assert right in text
    assert registry.load_files("well_fee", {"skill.yaml": text}).skill is not None
    loaded = registry.load_files("well_fee", {"skill.yaml": text.replace(right, wrong, 1)})
    told = [str(problem) for problem in loaded.problems]
    assert any(said in one for one in told) if said else told == [], told


@pytest.mark.parametrize(("folder", "right", "wrong", "said"), WRONG)
def test_it_is_refused_with_its_line(folder: str, right: str, wrong: str, said: str) -> None:
    text = (LISTS / folder / "skill.yaml").read_text("utf-8")
    assert right in text
    loaded = registry.load_files(folder, {"skill.yaml": text.replace(right, wrong, 1)})
    assert loaded.skill is None
    told = [str(problem) for problem in loaded.problems]
    assert any(said in one and f"{folder}/skill.yaml:" in one for one in told), told
