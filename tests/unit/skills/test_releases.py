"""Skills of a later release reach a town: in force where it changed nothing, as drafts where it did."""

from datetime import datetime
from functools import partial

import pytest

from skills import registry, releases
from skills.registry import Loaded, Skill, load_files
from skills.releases import News
from township.clock import SHANGHAI
from township.db import Database
from township.errors import Mistake
from workflows import definitions

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
TOWN = "shilizhen"
SHIPPED = registry.load(registry.HERE / "village_report")


def changed(by: str) -> Loaded:
    """The shipped skill with another summary."""
    assert SHIPPED.skill is not None
    text = SHIPPED.skill.files["skill.yaml"]
    line = next(line for line in text.splitlines() if line.startswith("summary:"))
    return load_files(SHIPPED.id, {**SHIPPED.skill.files, "skill.yaml": text.replace(line, f"summary: {by}")})


def skill_of(loaded: Loaded) -> Skill:
    assert loaded.skill is not None, loaded.problems
    return loaded.skill


def bring(db: Database, *house: Loaded) -> list[News]:
    return [one.news for one in db.write_now(lambda tx: releases.bring(tx, TOWN, now=NOW, house=house))]


def running(db: Database) -> str:
    """The summary of what new cases begin with; empty when it is taken off."""
    offered = db.read_now(lambda tx: registry.offered(tx, TOWN))
    return "".join(skill.manifest.summary for skill in offered)


def test_new_release_replaces_what_the_town_never_touched(sqlite_db: Database) -> None:
    assert bring(sqlite_db, SHIPPED) == [News.new]
    assert bring(sqlite_db, SHIPPED) == []
    assert bring(sqlite_db, changed("第二版")) == [News.renewed]
    assert running(sqlite_db) == "第二版"


def test_release_that_is_taken_back_takes_its_skill_back(sqlite_db: Database) -> None:
    bring(sqlite_db, SHIPPED)
    bring(sqlite_db, changed("第二版"))
    assert bring(sqlite_db, SHIPPED) == [News.renewed]
    assert running(sqlite_db) == skill_of(SHIPPED).manifest.summary


def test_what_the_town_changed_stays_and_the_new_one_is_a_draft_once(sqlite_db: Database) -> None:
    bring(sqlite_db, SHIPPED)
    own = skill_of(changed("本镇的"))
    sqlite_db.write_now(lambda tx: registry.install(tx, TOWN, own, by="c-0101", now=NOW))
    assert bring(sqlite_db, changed("第二版")) == [News.draft]
    assert bring(sqlite_db, changed("第二版")) == []
    assert running(sqlite_db) == "本镇的"
    (standing,) = sqlite_db.read_now(releases.standings)
    assert (standing.of_house, standing.newest, len(standing.drafts)) == (False, False, 1)


def test_what_the_town_took_off_is_not_put_back(sqlite_db: Database) -> None:
    bring(sqlite_db, SHIPPED)
    sqlite_db.write_now(lambda tx: definitions.retire(tx, TOWN, SHIPPED.id))
    assert bring(sqlite_db, SHIPPED) == []
    assert bring(sqlite_db, changed("第二版")) == [News.draft]
    assert running(sqlite_db) == ""


def test_a_draft_is_put_in_force_by_the_first_letters_of_its_version(sqlite_db: Database) -> None:
    bring(sqlite_db, SHIPPED)
    own = skill_of(changed("本镇的"))
    sqlite_db.write_now(lambda tx: registry.install(tx, TOWN, own, by="c-0101", now=NOW))
    bring(sqlite_db, changed("第二版"))
    (standing,) = sqlite_db.read_now(releases.standings)
    start = standing.drafts[0][:8]
    with pytest.raises(Mistake) as wrong:
        sqlite_db.write_now(lambda tx: releases.put_in_force(tx, SHIPPED.id, "zz", now=NOW))
    assert wrong.value.code == "which_draft"
    sqlite_db.write_now(lambda tx: releases.put_in_force(tx, SHIPPED.id, start, now=NOW))
    assert running(sqlite_db) == "第二版"
    # From here on the town follows the house again.
    assert bring(sqlite_db, changed("第三版")) == [News.renewed]


def test_broken_folder_of_the_house_changes_nothing(sqlite_db: Database) -> None:
    bring(sqlite_db, SHIPPED)
    assert bring(sqlite_db, load_files(SHIPPED.id, {"skill.yaml": "name: ["})) == []
    assert running(sqlite_db) == skill_of(SHIPPED).manifest.summary


def test_every_town_is_reached(sqlite_db: Database) -> None:
    older = skill_of(changed("旧的"))
    for town in (TOWN, "linzhen"):
        sqlite_db.write_now(partial(registry.install, town_id=town, skill=older, by=None, now=NOW))
    brought = sqlite_db.write_now(lambda tx: releases.bring_everywhere(tx, now=NOW))
    assert {one.town_id for one in brought if one.news is News.renewed} == {TOWN, "linzhen"}
    assert sqlite_db.write_now(lambda tx: releases.bring_everywhere(tx, now=NOW)) == []
