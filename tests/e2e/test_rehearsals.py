"""A tenth of all rehearsals, always the same, played on phones: whole app, sandbox, and DingTalk's own SDK between."""

import shutil
from pathlib import Path

import pytest

from evals.bench import rehearsed, running
from evals.bench.tenth import SHARE, Chosen, every, tenth
from sandbox.server import CLIENT_SECRET, serve
from skills import registry
from skills.rehearsal import player
from tests.conftest import MadeOnce
from township import schema
from township.db import Database

EVERY = every([one.skill for one in registry.house() if one.skill])
TENTH = tenth(EVERY)
WAYWARD = (
    ("handoff/scenarios/happy.yaml", "答不上来转给镇里，答复原样回来"),
    ("handoff/scenarios/happy.yaml", "王婶报了，周文书答复：到“办结”"),
    ("homestead_opinion/scenarios/happy.yaml", "核实、开会、公示、村里批、镇里审、盖章"),
    (
        "homestead_opinion/scenarios/not_allowed.yaml",
        "人没到齐、票没过半，录的时候就说；公示没贴满不能报；记会的人不能批",
    ),
    ("homestead_opinion/scenarios/not_at_night.yaml", "夜里盖章先压着，纪检看过才盖"),
    ("homestead_opinion/scenarios/not_at_night.yaml", "下班时间盖章，纪检说可以"),
    ("homestead_opinion/scenarios/returned.yaml", "镇里退回，重新核实重新批；主任自己家的，副主任批"),
    ("recall/scenarios/happy.yaml", "王婶报了，周文书发出去：到“办结”"),
    ("recall/scenarios/returned.yaml", "王婶报了，周文书不用告诉：到“办结”"),
    ("residence_proof/scenarios/happy.yaml", "网格员核实，主任批，凭取件码盖章，四个人各是各"),
    ("residence_proof/scenarios/overdue.yaml", "二十四小时没人核实，问领导；批好了没人来取，码过期，不等于没办"),
    ("village_report/scenarios/returned.yaml", "王婶报了，曹建办办好了，王婶没好：到“正在办”"),
)
"""What once went otherwise on phones than in the engine: files sent, answers on cards, nights, a press, lunch."""
CHOSEN = [*TENTH, *(one for one in EVERY if (one.file, one.scenario.scenario) in WAYWARD and one not in TENTH)]


@pytest.fixture(scope="module")
def migrated(made_once: MadeOnce) -> Path:
    """A home with an empty database, and the town as the sandbox reads it."""

    def migrate(folder: Path) -> None:
        home = folder / "home"
        home.mkdir()
        db = Database(f"sqlite:///{home / 'dinglin.db'}")
        schema.upgrade(db)
        db.close_now()
        running.write_town(folder / "town.yaml")

    return made_once("rehearsed", migrate)


def test_it_is_a_tenth_with_every_service_and_every_way_a_talk_goes() -> None:
    assert len(TENTH) >= len(EVERY) / SHARE
    assert {one.skill.id for one in TENTH} == {one.skill.id for one in EVERY}
    assert {one.scenario.kind for one in TENTH} == {one.scenario.kind for one in EVERY}
    assert tenth(list(reversed(EVERY))) == TENTH


def test_what_once_went_otherwise_is_still_there() -> None:
    assert len(WAYWARD) == sum((one.file, one.scenario.scenario) in WAYWARD for one in CHOSEN)


@pytest.mark.parametrize("chosen", CHOSEN, ids=[f"{one.skill.id}-{one.scenario.kind}-{one.mark[:6]}" for one in CHOSEN])
def test_it_goes_on_phones_as_it_is_written(chosen: Chosen, migrated: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(migrated / "home", home)
    with serve(migrated / "town.yaml") as sandbox:
        business = sandbox.world.business
        business.offset += (rehearsed.begin_of(chosen.scenario) - business.now()).total_seconds()
        with rehearsed.staged(home, sandbox.url, CLIENT_SECRET, chosen.skill, chosen.scenario) as stage:
            played = player.act_out(stage, chosen.scenario)
    assert played.passed, f"{chosen.scenario.scenario}: step {played.step}: {played.why}"
