"""A tenth of all rehearsals, always the same, played on phones: whole app, sandbox, and DingTalk's own SDK between."""

import shutil
from pathlib import Path

import pytest

from evals.bench import rehearsed
from evals.bench.tenth import SHARE, Chosen, every, tenth
from sandbox.server import CLIENT_SECRET, serve
from skills import player, registry
from tests.conftest import MadeOnce
from township import schema
from township.db import Database

EVERY = every([one.skill for one in registry.load_all() if one.skill])
TENTH = tenth(EVERY)


@pytest.fixture(scope="module")
def migrated(made_once: MadeOnce) -> Path:
    """A home with an empty database, and the town as the sandbox reads it."""

    def migrate(folder: Path) -> None:
        home = folder / "home"
        home.mkdir()
        db = Database(f"sqlite:///{home / 'dinglin.db'}")
        schema.upgrade(db)
        db.close_now()
        rehearsed.write_town(folder / "town.yaml")

    return made_once("rehearsed", migrate)


def test_it_is_a_tenth_with_every_service_and_every_way_a_talk_goes() -> None:
    assert len(TENTH) >= len(EVERY) / SHARE
    assert {one.skill.id for one in TENTH} == {one.skill.id for one in EVERY}
    assert {one.scenario.kind for one in TENTH} == {one.scenario.kind for one in EVERY}
    assert tenth(list(reversed(EVERY))) == TENTH


@pytest.mark.parametrize("chosen", TENTH, ids=[f"{one.skill.id}-{one.scenario.kind}-{one.mark[:6]}" for one in TENTH])
def test_it_goes_on_phones_as_it_is_written(chosen: Chosen, migrated: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(migrated / "home", home)
    with serve(migrated / "town.yaml") as sandbox:
        business = sandbox.world.business
        business.offset += (rehearsed.begin_of(chosen.scenario) - business.now()).total_seconds()
        with rehearsed.staged(home, sandbox.url, CLIENT_SECRET, chosen.skill, chosen.scenario) as stage:
            played = player.act_out(stage, chosen.scenario)
    assert played.passed, f"{chosen.scenario.scenario}: step {played.step}: {played.why}"
