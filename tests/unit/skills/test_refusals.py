"""Whatever goes wrong while a service is rehearsed is said in Chinese, with what to do: no name of ours is left."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from skills import registry, sheets
from skills.rehearsal import refusals
from skills.rehearsal.refusals import Words
from skills.rehearsal.trying import Trial
from skills.workbook.labels import words
from township.errors import Mistake, TownshipError
from workflows.definition import FieldKind

ROOT = Path(__file__).parents[3]
TILLER = next(
    one.skill for one in registry.load_all(Path(__file__).with_name("booked")) if one.skill and one.id == "tiller"
)
ENGLISH = re.compile(r"[a-z]+_[a-z_]+|\w+\([^)]*=")
OPERATORS = frozenset({"chat_setting", "clock_runs_forward_only", "env_encoding", "env_line", "env_unreadable",
    "files_not_shared", "home_unusable", "index_not_shared", "no_database", "no_database_file", "not_migrated",
    "old_processes_live", "program_too_old", "unknown_database", "wrong_key", "wrong_setting",
    "wrong_sheet"})  # fmt: skip
"""What only whoever runs the house meets, when it starts: `bot/texts.yaml` has the words."""


@cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    """List every call in the packages under a rehearsal, with its module."""
    paths = [path for package in ("workflows", "skills", "township") for path in (ROOT / package).rglob("*.py")]
    nodes = ((path.name, node) for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return tuple((module, node) for module, node in nodes if isinstance(node, ast.Call))


def raised(*names: str) -> Iterator[tuple[str, str]]:
    """List every code that is raised in the packages under a rehearsal, with its module."""
    for module, call in calls():
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in names:
            for one in call.args[:2]:
                found = (part.value for part in ast.walk(one) if isinstance(part, ast.Constant))
                yield from ((str(code), module) for code in found if re.fullmatch(r"[a-z]+(_[a-z]+)+", str(code)))


def sites() -> Iterator[tuple[str, frozenset[str]]]:
    """List every refusal with the values that it brings."""
    for _, call in calls():
        is_refusal = getattr(call.func, "id", "") in ("Mistake", "Refused")
        if is_refusal and call.args and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value), frozenset(one.arg or "" for one in call.keywords)


SITES = sorted({one for one in sites() if "" not in one[1] and one[0] not in OPERATORS}, key=str)
CODES = sorted({code for code, _ in raised("Mistake", "Refused")} - OPERATORS)


@pytest.mark.parametrize(("code", "values"), SITES, ids=[f"{code}-{n}" for n, (code, _) in enumerate(SITES)])
def test_every_refusal_brings_what_its_sentence_needs(code: str, values: frozenset[str]) -> None:
    said = Words(TILLER).refusal(Mistake(code, **dict.fromkeys(values, "甲")))
    assert code not in said, said


def test_there_are_many_ways_to_be_refused() -> None:
    assert len(CODES) > 120


@pytest.mark.parametrize("code", [*CODES, *(f"not_a_{kind.value}" for kind in FieldKind)])
def test_every_refusal_has_a_sentence_without_names_of_ours(code: str) -> None:
    if code.endswith("_") or code == "not_a":
        return  # the beginning of a code whose kinds are tried one by one
    assert refusals.has(code), "say it in skills/rehearsal/refusals.yaml"
    values = {name: "甲" for source in refusals._sources() if source.has(code) for name in source.needs(code)}
    said = Words(TILLER).refusal(Mistake(code, **values))
    assert len(re.findall("[一-鿿]", said.replace("甲", ""))) >= 4, said
    assert code not in said, said


@pytest.mark.parametrize("code", sorted({code for code, _ in raised("Flaw", "Unread", "tell", "_tell") if "_" in code}))
def test_every_mistake_of_a_folder_or_a_workbook_has_a_sentence(code: str) -> None:
    known = sheets.codes()
    assert code in known or code.endswith("_") or any(one.startswith(code) for one in known) or code in FIELDS, code


FIELDS = frozenset({"wants_words", "over_at", "if_nobody", "if_own", "when_told", "until_field", "reopen_to"})


def test_a_code_that_nobody_knows_is_still_said_in_chinese() -> None:
    assert "管理员" in Words(TILLER).refusal(TownshipError("never_heard_of"))


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("王婶 报了 旋耕机=很多 哪几天用=这周六", "“旋耕机”要写成数字"),
        ("王婶 报了 旋耕机=4 哪几天用=某天", "“哪几天用”要写成"),
        ("王婶 报了 拖拉机=4", "没有“拖拉机”"),
        ("王婶 报了 旋耕机=99 哪几天用=这周六", "最多 20"),
        ("王婶 做了 都还了", "还没有报上来的事"),
        ("没这个人 报了 旋耕机=4", "没有“没这个人”"),
        ("到了哪个环节 借出去", "是不是想写“借出去了”"),
        ("结果是 好", "没有“好”"),
    ],
)
def test_a_line_that_goes_wrong_is_answered_with_what_to_do(line: str, part: str) -> None:
    with Trial.begun(TILLER) as trial:
        (said,) = trial.line(line)
    assert part in said, said
    assert not ENGLISH.search(said), said


def test_who_may_not_do_it_hears_whose_it_is() -> None:
    with Trial.begun(TILLER) as trial:
        trial.line("王婶 报了 旋耕机=4 哪几天用=这周六到周日")
        said = [*trial.line("赵大爷 做了 都还了 谁的那一件=王婶"), *trial.line("结果是 办好")]
        said += trial.line("到了哪个环节 办结")
    assert "不归他做" in said[0] or "看不到" in said[0], said
    assert "应该是“办结”，实际是“" in said[-1], said
    assert not [one for one in said if ENGLISH.search(one)], said


def test_whatever_is_typed_gets_a_sentence() -> None:
    verbs = [*words("verbs")]
    lines = [f"{who}{verb}{what}" for verb in verbs for who in ("", "王婶 ") for what in ("", " 什么", " 王婶 什么=1")]
    with Trial.begun(TILLER) as trial:
        for opened in ("", "王婶 报了 旋耕机=4 哪几天用=这周六到周日"):
            answered = {line: trial.line(line) for line in (opened or "过了 1 天", *lines)}
            wrong = {line: said for line, said in answered.items() if any(ENGLISH.search(one) for one in said)}
            assert not wrong
