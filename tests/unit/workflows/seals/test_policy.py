"""The policy of papers as data: the whole national list, and nothing that issues what it refuses."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from workflows.seals import policy
from workflows.seals.policy import SOURCE, Kind, Then


def test_the_national_list_is_whole_and_in_order() -> None:
    rules = policy.load()
    assert [row.item for row in rules.refuse] == list(range(1, 21))
    assert rules.national.document == "民发〔2020〕20号"
    assert rules.row("R08").item == 8
    assert rules.row("R08").name == "婚姻状况证明"


def test_who_is_refused_is_told_where_to_go_and_what_to_declare() -> None:
    for row in policy.load().refuse:
        assert row.go_to, row.id
        assert row.declares, row.id
        assert row.asked_by, row.id
        assert not row.skill, row.id


def test_who_is_asked_first_is_never_left_with_the_question() -> None:
    for row in policy.load().ask_first:
        assert row.then is not None, row.id
        assert row.then is Then.VILLAGE or row.go_to, row.id
        assert row.then is not Then.DECLARATION or row.declares, row.id


def test_no_paper_has_two_kinds_by_one_name() -> None:
    named = [(alias, row.id) for _, row in policy.load().rows() for alias in row.alias]
    names = [alias for alias, _ in named]
    assert len(names) == len(set(names)), [one for one in named if names.count(one[0]) > 1]


def test_a_row_is_found_by_its_id_with_its_kind() -> None:
    rules = policy.load()
    assert rules.kind("R01") is Kind.REFUSED
    assert rules.kind("A01") is Kind.ALLOWED
    assert rules.row("A01").skill == "residence_proof"
    assert rules.skills() == {"residence_proof", "homestead_opinion"}
    with pytest.raises(KeyError):
        rules.row("R99")


def test_a_policy_with_an_unknown_key_or_one_id_twice_is_refused(tmp_path: Path) -> None:
    text = SOURCE.read_text("utf-8")
    twice = tmp_path / "twice.yaml"
    twice.write_text(text.replace("id: R02", "id: R01"), "utf-8")
    with pytest.raises(ValueError, match="twice"):
        policy.load(twice)
    unknown = tmp_path / "unknown.yaml"
    unknown.write_text(text.replace("item: 1\n", "item: 1\n    colour: red\n", 1), "utf-8")
    with pytest.raises(ValidationError):
        policy.load(unknown)


def test_a_policy_that_nobody_checked_says_so() -> None:
    assert policy.load().checked == "", "the judicial office has not compared the sample"


def test_the_guide_shows_every_row_as_still_to_be_checked() -> None:
    guide = (Path(__file__).parents[4] / "docs/howto/开证明.md").read_text("utf-8").splitlines()
    for row in policy.load().refuse:
        assert f"| {row.item} | {row.name} | {row.go_to} | 待司法所核对 |" in guide, row.id
    for row in policy.load().ask_first:
        assert any(line.startswith(f"| {row.name} | ") and line.endswith("待司法所核对 |") for line in guide), row.id
