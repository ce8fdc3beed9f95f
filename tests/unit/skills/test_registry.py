"""A broken folder is refused with file, line and suggestion; a good one comes out as it went in."""

from pathlib import Path

import pytest

from skills import checks, registry
from skills.registry import load_files
from skills.scenarios import Kind
from workflows.definition import Definition
from workflows.definitions import hash_of

GOOD = """\
name: 借桌椅
summary: 借村里的桌椅
owner: 村委会
for: [resident]
paper: 借用登记表
examples: [借十张桌子]
form:
  what: {kind: text, name: 借什么, ask: ask_what}
  size:
    kind: choice
    name: 多少
    options: {few: {name: 几张}, many: {name: 很多}}
workflow:
  start: lend
  clocks:
    done: {title: 办好, pace: done, until: []}
  tell: [{text: filed}]
  stages:
    lend:
      title: 等着借
      who: village_clerk of village
      actions:
        give: {title: 借了, to: closed, needs: {note: {kind: text, name: 备注, optional: true}}}
        wait: {title: 没有了, to: queue}
    queue:
      title: 排队
      who: village_clerk of village
      within: 3 working days
      actions:
        back: {title: 有了, to: lend}
texts:
  ask_what: 借什么？
  filed: "记下了，{number}：{what}。"
"""
QUIET = GOOD.replace("    name: 多少\n", "    name: 多少\n    optional: true\n")
"""The same, with what nobody asks left to whoever says it."""


def problems(text: str, **files: str) -> list[str]:
    more = {f"{name}.yaml": content for name, content in files.items()}
    return [str(problem) for problem in load_files("tables", {"skill.yaml": text, **more}).problems]


def test_a_good_folder_has_no_problems() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("summary:", "sumary:", 2, "summary"),
        ("kind: text, name: 借什么", "kind: txt, name: 借什么", 8, "text"),
        ("to: queue", "to: quue", 24, "queue"),
        ("start: lend", "start: lent", 14, "lend"),
        (
            "who: village_clerk of village\n      within",
            "who: vilage_clerk of village\n      within",
            27,
            "village_clerk",
        ),
        ("{text: filed}", "{text: fild}", 17, "filed"),
        ("{number}", "{numbr}", 33, "number"),
        ("within: 3 working days", "within: 3 fortnights", 28, "3 fortnights"),
        (
            "who: village_clerk of village\n      actions:\n        give",
            "who: Clerk!\n      actions:\n        give",
            21,
            "Clerk!",
        ),
        ("to: closed, needs", "to: [{when: size == few, is: closed}], needs", 23, "when"),
        ("to: closed, needs", "to: [{when: size == fw, is: closed}, {is: same}], needs", 23, "few"),
        ("to: closed, needs", "to: [{when: sze == few, is: closed}, {is: same}], needs", 23, "size"),
        ("to: closed, needs", "to: [{when: 'size ==', is: closed}, {is: same}], needs", 23, "size =="),
        ("ask: ask_what", "ask: ask_wat", 8, "ask_what"),
        ("optional: true", "optional: yes", 23, "true"),
        ("paper: 借用登记表", "owner: 别人", 5, "owner"),
        ("  start: lend", "\tstart: lend", 14, "Tab"),
        ("to: lend", "to: queue", 25, "queue"),
        ("title: 借了, ", "title: 借了, assign: size, ", 23, "size"),
        ("title: 借了, ", "title: 借了, assign: whomever, ", 23, "whomever"),
        ("until: []", "until: [queu]", 16, "queue"),
        ("pace: done, ", "", 16, "within"),
        ("within: 3 working days", "until_field: what", 28, "what"),
        ("form:\n", "form: [\n", 0, ""),
        ("examples: [借十张桌子]", "examples: []", 6, "examples"),
        ("name: 借桌椅\n", "", 1, "name"),
        ("within: 3 working days", "late: [{at: 80, do: digest}]", 28, "at"),
        ("within: 3 working days", "late: [{at: 80%, do: shame}]", 28, "shame"),
        ("within: 3 working days", "late: [{at: 80%, do: ask_leader}]", 28, "who"),
        ("within: 3 working days", "late: [{at: 80%, do: act, action: bak}]", 28, "back"),
        ("within: 3 working days", "without: [what]", 28, "what"),
        ("within: 3 working days", "when_told: bak", 28, "back"),
        ("options: {few: {name: 几张}, many: {name: 很多}}", "optional: true", 9, "options"),
    ],
)
def test_a_broken_folder_says_where_and_what_was_meant(old: str, new: str, line: int, word: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    assert found
    if line:
        assert any(f"tables/skill.yaml:{line}:" in one and word in one for one in found), found


def test_a_key_in_a_file_of_its_own_is_told_with_that_file() -> None:
    text, texts = GOOD.split("texts:\n")
    moved = "\n".join(line.removeprefix("  ") for line in texts.splitlines())
    assert problems(text, texts=moved) == []
    assert problems(text, texts=moved.replace("{number}", "{nummer}"))[0].startswith("tables/texts.yaml:2:")
    assert "texts" in problems(GOOD, texts=moved)[0]
    assert problems(text, texts="- a list")[0].startswith("tables/texts.yaml:1:")


def test_folders_that_are_no_skills(tmp_path: Path) -> None:
    assert registry.load(tmp_path / "nowhere").problems
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "skill.yaml" in str(registry.load(empty).problems[0])
    (empty / "skill.yaml").write_text(GOOD, "utf-8")
    assert registry.load(empty).skill
    (empty / "actions.py").write_text("print()", "utf-8")
    assert "actions.py" in str(registry.load(empty).problems[0])
    (empty / "actions.py").unlink()
    (empty / "skill.yaml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in str(registry.load(empty).problems[0])
    assert registry.load_files("借桌椅", {"skill.yaml": GOOD}).problems


def test_a_skill_is_exported_as_it_came_in_and_stored_whole(tmp_path: Path) -> None:
    for loaded in registry.load_all():
        assert loaded.skill
        registry.export(loaded.skill, tmp_path)
        again = registry.load(tmp_path / loaded.id)
        assert again.skill
        assert hash_of(again.skill.files) == hash_of(loaded.skill.files)
        body = loaded.skill.definition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        assert Definition.model_validate(body) == loaded.skill.definition


def test_a_restricted_skill_may_wake_nobody_else() -> None:
    loaded = next(one for one in registry.house() if one.id == "grievance")
    assert loaded.skill
    files = dict(loaded.skill.files)
    files["skill.yaml"] = files["skill.yaml"].replace("who: discipline of town", "who: village_head of village")
    found = [str(problem) for problem in registry.load_files("grievance", files).problems]
    assert found
    assert all("discipline" in one or "village_head" in one for one in found)


def test_the_price_tag_counts_and_warnings_name_what_hurts() -> None:
    loaded = load_files("tables", {"skill.yaml": QUIET}).skill
    assert loaded
    tag = checks.price(loaded)
    assert (tag.questions, tag.approvals, tag.cadres, tag.sensitive) == (1, 0, 1, 0)
    assert tag.pushes == 3
    found = checks.warnings(loaded, [loaded])
    assert len(found) == 1, found
    many = "".join(f"  q{n}: {{kind: text, name: 问{n}, ask: ask_what}}\n" for n in range(6))
    asking = load_files(
        "tables", {"skill.yaml": QUIET.replace("form:\n", f"form:\n{many}").replace("paper: 借用登记表\n", "")}
    )
    assert asking.skill
    assert len(checks.warnings(asking.skill)) == 1 + 1 + 6 + 1
    near = checks.warnings(loaded, [loaded, next(one.skill for one in registry.house() if one.skill)])
    assert near == found


ASKED = GOOD.replace(
    GOOD[GOOD.index("  size:") : GOOD.index("workflow:")], "  size: {kind: number, name: 几张, ask: ask_what}\n"
)
FORK = """\
  stages:
    two: {title: 几家看, branches: [{stages: [first], when: size > 3}, {stages: [second]}], to: lend}
    first: {title: 甲看, who: town_clerk of town, actions: {ok: {title: 行, to: joined}}}
    second: {title: 乙看, who: town_leader of town, actions: {ok: {title: 行, to: joined}}}
"""
USES: dict[str, dict[str, str]] = {
    "a way of several": {"start: lend": "start: two", "  stages:\n": FORK},
    "a sum": {"workflow:\n": "  fee: {kind: number, name: 押金, value: size * 10}\nworkflow:\n"},
    "another question": {
        "workflow:\n": "  for: {kind: text, name: 为啥, ask: ask_what, why: 问, when: size > 3}\nworkflow:\n"
    },
    "a notice": {"[{text: filed}]": "[{who: town_leader of town, text: filed, when: size > 3}]"},
    "the first stage": {"start: lend": "start: [{when: size > 3, is: queue}, {is: lend}]"},
    "what an action needs": {"name: 备注, optional: true": "name: 备注, when: size > 3"},
}


def warned(text: str) -> list[str]:
    loaded = load_files("tables", {"skill.yaml": text})
    assert loaded.skill, loaded.problems
    return [one for one in checks.warnings(loaded.skill) if "几张" in one]


@pytest.mark.parametrize("changes", USES.values(), ids=USES.keys())
def test_an_answer_is_of_use_wherever_it_is_reckoned_with(changes: dict[str, str]) -> None:
    text = ASKED
    for old, new in changes.items():
        text = text.replace(old, new)
    assert (len(warned(ASKED)), warned(text)) == (1, [])


def test_what_has_to_be_known_and_nobody_asks_is_warned_of() -> None:
    def told(field: str) -> list[str]:
        loaded = load_files("tables", {"skill.yaml": QUIET.replace("form:\n", f"form:\n{field}")}).skill
        assert loaded
        return [one for one in checks.warnings(loaded, in_book=False) if "报不上来" in one]

    assert told("  who: {kind: text, name: 谁来拿}\n") == [
        "“谁来拿”没有 ask，又没写 optional: true：村民没说到就报不上来，会转给人。"
    ]
    assert told("  who: {kind: text, name: 谁来拿, optional: true}\n") == []
    assert told("  who: {kind: text, name: 谁来拿, ask: ask_what}\n") == []


def test_whoever_says_yes_on_the_way_is_an_approval_of_the_price_tag() -> None:
    tags = {
        one.id: checks.price(one.skill)
        for one in [*registry.house(), *registry.load_all(registry.HERE / "gallery")]
        if one.skill
    }
    found = {name: tag.approvals for name, tag in tags.items() if tag.approvals}
    assert found["relief"] == 2, "the office of civil affairs, and a second person"
    assert found["homestead_opinion"] == 2, "village and town"
    assert found["residence_proof"] == 1
    assert "village_report" not in found


def test_no_python_knows_the_name_of_a_skill() -> None:
    kinds = {kind.value for kind in Kind}
    names = {one.id for one in registry.house()} - kinds
    root = Path(registry.__file__).parents[1]
    for package in ("workflows", "skills"):
        for path in (root / package).glob("*.py"):
            assert not any(f'"{name}"' in path.read_text("utf-8") for name in names), path
