"""The invented town, as the issue asks for it."""

from pathlib import Path

import pytest

from sandbox.town import BadTown, load


def test_the_town_has_six_villages_with_a_group_each_and_a_work_group() -> None:
    town = load()
    villages = {village["id"] for village in town.raw["villages"]}
    assert len(villages) == 6
    assert {group.village for group in town.groups.values()} == villages | {None}
    assert "cidliushu=" in town.groups


def test_every_village_has_a_clerk_a_head_a_grid_worker_and_villagers() -> None:
    town = load()
    for village in town.raw["villages"]:
        people = [person for person in town.people.values() if person.village == village["id"]]
        roles = {role for person in people for role in person.roles}
        assert {"village_clerk", "village_head", "grid_worker"} <= roles
        assert any(not person.roles for person in people)


def test_two_of_discipline_and_two_keepers_of_knowledge() -> None:
    roles = [role for person in load().people.values() for role in person.roles]
    assert roles.count("discipline") == 2
    assert roles.count("knowledge_keeper") == 2
    assert {"town_duty", "town_leader", "civil_affairs", "custodian", "judicial"} <= set(roles)


def test_the_special_people_are_there() -> None:
    town = load()
    assert len(town.people) >= 40
    helper, phoneless, wife = town.people["x-0001"], town.people["n-0201"], town.people["v-0106"]
    assert (helper.staff_id, helper.is_outsider) == (None, True)
    assert town.account(phoneless.id) is None
    shared = town.account(wife.id)
    assert shared is not None
    assert shared.id == "v-0105"
    assert town.account("nobody") is None


def test_duty_names_people_who_exist() -> None:
    town = load()
    assert {row["person"] for row in town.raw["duty"]} <= set(town.people)
    assert any(row["phone"] == "13800000001" and town.people[row["person"]].name == "李海" for row in town.raw["duty"])


def test_only_cadres_are_in_the_work_group_and_the_helper_in_his_mothers() -> None:
    town = load()
    assert all(town.people[member].roles for member in town.groups["cidtown="].members)
    assert "x-0001" in town.groups["cidliushu="].members


@pytest.mark.parametrize("text", ["", "people: [", "town: {}", "- 1"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "town.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadTown, match=r"town\.yaml"):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTown, match="cannot read"):
        load(tmp_path / "none.yaml")
