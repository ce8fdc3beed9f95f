"""Talks filed by how they go: what people say, what they hear, what is filed, and who hears nothing of it."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.commands.asking import SAMPLE_TOWN
from bot.purse import Call, Limits
from bot.registration import ACCOUNT
from skills import registry, scenarios
from skills.scenarios import Kind
from tests.integration.bot.conftest import OpenHouse
from tests.integration.bot.talking import Talk

FOLDER = Path(__file__).parents[3] / "evals" / "talks"
READ = YAML(typ="safe", pure=True)
PEOPLE = {one["name"]: one["id"] for one in READ.load(SAMPLE_TOWN.read_text("utf-8"))["people"]}
FILES = {path.stem: READ.load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
TALKS = [pytest.param(talk, id=f"{kind}-{n}") for kind, talks in FILES.items() for n, talk in enumerate(talks, 1)]
POOL = 100


@pytest.mark.parametrize("town_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("talk", TALKS)
async def test_talk(open_house: OpenHouse, talk: dict[str, Any]) -> None:
    house = await open_house(Limits(api=POOL, push=POOL) if "spent" in talk else None)
    if spent := talk.get("spent"):
        house.ledger.charge(ACCOUNT, Call.people_send, spent)
        house.ledger.charge(ACCOUNT, Call.message_in, spent)
    if "turns" in talk:
        await Talk(house, PEOPLE, only=talk.get("only", False)).play(talk["turns"])
        return
    who, group = PEOPLE[talk["who"]], talk.get("group", "")
    more = {key: True for key in ("voice", "unheard") if talk.get(key)}
    heard = [await house.says(who, text, group=group, **more) for text in talk["says"]]
    wanted = talk["hears"]
    assert [len(one) for one in heard] == [int(n < len(wanted)) for n in range(len(heard))], heard
    assert all(part in said[0] for part, said in zip(wanted, heard, strict=False)), heard
    assert not [part for part in talk.get("not", []) if part in str(heard)]
    assert not [name for name in talk.get("silent", []) if house.post.said[PEOPLE[name]]]
    if "filed" in talk:
        assert sorted(one.kind for one in await house.cases_of(who)) == sorted(talk["filed"])


def test_every_way_a_talk_goes_is_rehearsed_and_every_service_as_it_should_and_late() -> None:
    services = [one.skill for one in registry.house() if one.skill]
    played = {
        skill.id: {one.scenario.kind for one in scenarios.of(skill.id, skill.files) if one.scenario}
        for skill in services
    }
    assert {*FILES, *(kind for kinds in played.values() for kind in kinds)} == set(Kind)
    bare = {
        skill: missing
        for skill, kinds in played.items()
        if (missing := {Kind.OVERDUE} - kinds) or not {Kind.HAPPY, Kind.GRIEVANCE} & kinds
    }
    assert bare == {}
