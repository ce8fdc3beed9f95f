"""Services that lend, book and queue, as a clerk writes them: played, priced, and carried through a workbook."""

import io
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook

from skills import checks, registry, scenarios
from skills.registry import Loaded
from skills.rehearsal.hall import Hall
from skills.rehearsal.trying import Trial
from skills.workbook import books
from tests.unit.skills.playing import loaded_of, rehearsals_of, skill_in
from tests.unit.skills.workbook.filling import saved

ROOT = Path(__file__).with_name("booked")
LOADED = loaded_of(ROOT)
skill_of = partial(skill_in, LOADED)


@pytest.mark.parametrize(("name", "played"), rehearsals_of(LOADED))
def test_scenario(place: Hall, name: str, played: scenarios.Played) -> None:
    assert played.scenario, played.problems
    result = place.play(skill_of(name), played.scenario)
    assert result.passed, f"step {result.step}: {result.why}"


@pytest.mark.parametrize("name", LOADED)
def test_a_case_costs_three_pushes_at_most(name: str) -> None:
    assert checks.price(skill_of(name)).pushes <= 3


@pytest.mark.parametrize("name", LOADED)
def test_a_workbook_brings_the_same_service_back(name: str) -> None:
    skill = skill_of(name)
    again = books.load(f"{name}.xlsx", books.dump(skill), name)
    assert again.problems == ()
    assert again.skill is not None
    assert again.skill.definition == skill.definition


def broken(name: str, before: str, after: str) -> list[str]:
    skill = skill_of(name)
    assert before in skill.files["skill.yaml"]
    files = {**skill.files, "skill.yaml": skill.files["skill.yaml"].replace(before, after, 1)}
    return [str(problem) for problem in registry.load_files(name, files).problems]


BROKEN = {
    "a thing that is no number": ("tiller", "  stay: {kind: period", "  stay: {kind: text", "哪几天用"),
    "a thing without a field": ("tiller", "    sprayers: {amount", "    spraers: {amount", "sprayers"),
    "no number that anybody asks": ("tiller", "back: back_tillers", "back: back_tiller", "back_tillers"),
    "a key nobody knows": ("tiller", "during: stay, back", "durin: stay, back", "during"),
    "no amount": ("tiller", "amount: 6", "amount: 0", "amount"),
    "hours the wrong way round": ("hall", "09:00-11:00", "11:00-09:00", "09:00-11:00"),
    "an hour that is none": ("hall", "09:00-11:00", "9点-11点", "9点-11点"),
    "hours for a whole day": ("hall", "when: {kind: period, name: 哪", "when: {kind: date, name: 哪", "period"),
    "a line for no choice": ("thresher", "of: yard", "of: yrd", "yard"),
    "a call that nobody can do": ("thresher", "call: call, soon", "call: cal, soon", "call"),
    "a line that somebody must watch": ("thresher", "      waits: machine\n", "", "machine"),
    "a call that leads back": (
        "thresher",
        "call: {title: 轮到了, to: turn}",
        "call: {title: 轮到了, to: line}",
        "call",
    ),
    "a word of warning that moves": ("thresher", "soon: {title: 快到了,", "soon: {title: 快到了, to: turn,", "soon"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_could_never_be_booked_is_refused_with_its_line(kind: str) -> None:
    name, before, after, word = BROKEN[kind]
    found = broken(name, before, after)
    assert any(one.startswith(f"{name}/skill.yaml:") and word in one for one in found), found


def test_the_group_hears_nothing_of_a_person() -> None:
    found = broken("thresher", "{line}修好了", "{affected}修好了")
    assert any("affected" in one for one in found), found


def in_sheet(name: str, row: int, column: int, value: str) -> Loaded:
    book = load_workbook(io.BytesIO(books.dump(skill_of(name))))
    book["借约排队"].cell(row, column).value = value
    return books.load(f"{name}.xlsx", saved(book), name)


@pytest.mark.parametrize(
    ("name", "column", "value", "word"),
    [("tiller", 2, "东东", "东西"), ("tiller", 3, "六台", "数字"), ("tiller", 9, "09:00-11:00", "不用填"),
     ("hall", 10, "礼拜", "周一"), ("tiller", 6, "哪月用", "没有"), ("thresher", 20, "停停", "停停")],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_told_with_sheet_and_row(name: str, column: int, value: str, word: str) -> None:
    found = [str(one) for one in in_sheet(name, 2, column, value).problems]
    assert any("「借约排队」第 2 行" in one and word in one for one in found), found


def test_a_clerk_writes_a_thing_in_the_sheet() -> None:
    loaded = in_sheet("tiller", 2, 4, "桃园村=3、石桥村=1")
    assert loaded.skill is not None
    assert loaded.skill.definition.workflow.stock["tillers"].each == {"桃园村": 3, "石桥村": 1}


WARNED = {
    "a thing without a unit": ("unit: [台], ", "", "旋耕机"),
    "nobody is reminded": ("      until_field: stay\n", "", "到日子没还"),
    "kept while an answer is waited for": ("      listed: true\n", "      waits: villager\n", "一直占着"),
}


@pytest.mark.parametrize("kind", WARNED)
def test_what_keeps_a_thing_from_others_is_warned_of(kind: str) -> None:
    before, after, word = WARNED[kind]
    skill = skill_of("tiller")
    assert not any(word in one for one in checks.warnings(skill))
    files = {**skill.files, "skill.yaml": skill.files["skill.yaml"].replace(before, after, 1)}
    changed = registry.load_files("tiller", files).skill
    assert changed is not None
    assert any(word in one for one in checks.warnings(changed))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  prefix: 谷\n", "  prefix: 谷\n  reopen_to: turn\n"),
        ("  prefix: 谷\n", "  prefix: 谷\n  reopen_to: stopped\n"),
        ("  start: line\n", "  start: turn\n"),
    ],
)
def test_no_way_leads_past_the_line(before: str, after: str) -> None:
    files = skill_of("thresher").files
    assert before in files["skill.yaml"]
    changed = registry.load_files("thresher", {**files, "skill.yaml": files["skill.yaml"].replace(before, after)})
    assert any("插队" in str(one) and "“排着队”" in str(one) for one in changed.problems)


def test_whoever_was_not_served_well_draws_a_new_number() -> None:
    files = skill_of("thresher").files
    again = files["skill.yaml"].replace("  prefix: 谷\n", "  prefix: 谷\n  reopen_to: line\n")
    skill = registry.load_files("thresher", {**files, "skill.yaml": again}).skill
    assert skill is not None
    with Trial.begun(skill) as trial:
        for line in ("王婶 报了 哪个场=东场", "赵大爷 报了 哪个场=东场", "小周 打完了 谁的那一件=王婶"):
            trial.line(line)
        assert any("王婶的那件现在在“排着队”" in one for one in trial.line("王婶 做了 没办好"))
