"""The register as a sheet and its chain, and the villages in which a chain of people cannot be staffed."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from bot.commands import checkup, stamps, vacancies
from skills import chains, registry
from skills.rehearsal.founding import prepare
from tests.integration.bot.house import TOWN, House
from tests.integration.bot.living import settings_of
from tests.integration.bot.test_seals import sealed
from township import deputies, directory, schema
from township.clock import SHANGHAI
from township.db import Database, Tx
from township.ids import new_id
from township.models import audit_entries, grants, person_values
from workflows.seals import export, register
from workflows.seals.models import seals
from workflows.seals.wording import texts

RESIDENCE = next(one.skill for one in registry.house() if one.skill and one.id == "residence_proof")


async def test_the_register_is_written_in_words(house: House, tmp_path: Path) -> None:
    await sealed(house)
    found = await house.db.write(lambda tx: stamps._read(tx, house.clock.now()))
    export.write(tmp_path / "book.xlsx", found)
    book = load_workbook(tmp_path / "book.xlsx")
    head, line = list(book.active.values) if book.active else ((), ())
    told = dict(zip(map(str, head), map(str, line), strict=True))
    assert (told["用途"], told["交给谁"], told["申请人"]) == ("孩子上学", "县第一小学", "赵兰")
    assert (told["核实人"], told["批准人"], told["用印人"]) == ("李海", "孙立国", "方慧")
    assert (told["份数"], told["状态"], told["印章"]) == ("1", "已盖", "示范县示例镇柳树村村民委员会")
    looked = await house.db.read(lambda tx: tx.execute(sa.select(audit_entries.c.what)).scalars().all())
    assert "register" in looked


async def test_what_was_erased_reads_as_erased_and_the_chain_still_holds(house: House) -> None:
    await sealed(house)

    def erase(tx: Tx) -> None:
        tx.execute(sa.update(person_values).where(person_values.c.kind == "register").values(value=None))

    await house.db.write(erase)
    ((row,),) = (await house.db.write(lambda tx: stamps._read(tx, house.clock.now()))).values()
    assert row["purpose"] == "（已删除）"
    _, broken = await house.db.read(stamps._verify)
    assert broken == {}


async def test_a_line_that_somebody_changed_is_found(house: House) -> None:
    await sealed(house)

    def tamper(tx: Tx) -> None:
        for verb in ("update", "delete"):
            tx.exec_driver_sql(f"DROP TRIGGER register_lines_no_{verb}")
        tx.exec_driver_sql("UPDATE register_lines SET copies = 9")

    await house.db.write(tamper)
    _, broken = await house.db.read(stamps._verify)
    assert broken == {"示范县示例镇柳树村村民委员会": 1}


async def test_a_line_that_is_missing_at_the_end_is_found(house: House) -> None:
    await sealed(house)

    def look(tx: Tx) -> int | None:
        seal = register.Seal(**tx.execute(sa.select(seals)).mappings().one())
        return register.first_break([], seal)

    assert await house.db.read(look) == 1


def gaps_of(db: Database, village: str, clock: Any) -> list[chains.Gap]:
    found = db.read_now(lambda tx: chains.gaps(tx, TOWN, RESIDENCE, clock.now()))
    return [gap for gap in found if gap.village == village]


def test_a_village_where_everybody_is_there_has_no_gap_for_a_villager(sqlite_town: Database, clock: Any) -> None:
    found = gaps_of(sqlite_town, "柳树村", clock)
    assert [gap for gap in found if not gap.applicant and not gap.away] == []


def test_the_only_custodian_who_is_away_or_applies_is_named(sqlite_town: Database, clock: Any) -> None:
    found = gaps_of(sqlite_town, "柳树村", clock)
    assert {(gap.applicant, gap.away) for gap in found if gap.roles == ("custodian",)} == {
        ("c-0010", ""),
        ("", "c-0010"),
    }
    words = sqlite_town.read_now(lambda tx: [vacancies.in_words(tx, gap)["words"] for gap in found])
    assert any("方慧不在时" in line and "印章保管人" in line for line in words)


@pytest.mark.parametrize("keeper", ["c-0104", "c-0102"])
def test_a_custodian_of_the_village_fills_the_gap_unless_it_is_a_merged_role(
    sqlite_town: Database, clock: Any, keeper: str
) -> None:
    """The deputy head may keep the seal; the head, who approves, is one person with two posts."""

    def appoint(tx: Tx) -> None:
        row = {"town_id": TOWN, "person_id": keeper, "role": "custodian", "village_id": "liushu"}
        tx.execute(sa.insert(grants).values(id=new_id(), **row))

    sqlite_town.write_now(appoint)
    away = [gap for gap in gaps_of(sqlite_town, "柳树村", clock) if gap.away == "c-0010"]
    assert bool(away) == (keeper == "c-0102")


TWO = """\
name: 两个人
summary: 两步要两个人
owner: 党政办
for: [resident]
paper: 登记表
examples: [两个人办]
workflow:
  start: %s
  stages:
    both: {title: 同时, branches: [{stages: [first]}, {stages: [second]}], to: closed}
    first: {title: 头一步, who: village_head of village, actions: {ok: {title: 行, to: %s}}}
    second: {title: 第二步, who: village_head of village, without: [stage first], actions: {ok: {title: 行, to: %s}}}
"""


@pytest.mark.parametrize(
    ("flow", "wanted"),
    [(("both", "joined", "joined"), {"第二步", "头一步"}), (("first", "second", "closed"), {"第二步"})],
)
def test_a_stage_for_which_only_the_same_person_is_left_is_named(
    sqlite_town: Database, clock: Any, flow: tuple[str, str, str], wanted: set[str]
) -> None:
    """Villages have one head: the second of two steps has nobody, beside the first as well as after it."""
    text = TWO % flow
    text = text if flow[0] == "both" else "\n".join(line for line in text.splitlines() if "both:" not in line)
    skill = registry.load_files("two", {"skill.yaml": text}).skill
    assert skill is not None
    assert chains.is_chain(skill.definition)
    found = sqlite_town.read_now(lambda tx: chains.gaps(tx, TOWN, skill, clock.now()))
    always = [gap for gap in found if gap.when is chains.When.ALWAYS and gap.village == "柳树村"]
    assert {gap.stage for gap in always} == wanted
    assert {gap.roles for gap in always} == {("village_head",)}


def test_every_role_has_a_name_for_people() -> None:
    for role in directory.Role:
        assert texts().has(f"role_{role.value}")


def test_all_chains_of_the_town_are_played(sqlite_town: Database, clock: Any) -> None:
    played, found = sqlite_town.read_now(lambda tx: vacancies.look(tx, clock.now()))
    assert played >= 10
    assert {one["stage"] for one in found} >= {"批好了，等盖章"}


def test_what_is_missing_in_several_villages_is_one_line(sqlite_town: Database, clock: Any) -> None:
    _, found = sqlite_town.read_now(lambda tx: vacancies.look(tx, clock.now(), lambda skill: skill.id == RESIDENCE.id))
    away = [one["words"] for one in found if one["away"] == "c-0010"]
    assert len(away) == 1
    assert away[0].startswith("各村，居住情况证明：方慧不在时")
    assert "郑晓东、何雪梅" in away[0], "who could stand in everywhere"


def test_a_deputy_who_was_named_makes_a_gap_on_the_days_of_the_absence(sqlite_town: Database, clock: Any) -> None:
    """The custodian of the town is away from tomorrow, and the head who approves in Liushu stands in."""
    from_tomorrow = clock.now() + timedelta(days=1)

    def appoint(tx: Tx) -> list[chains.Gap]:
        absent, deputy = directory.person(tx, "c-0010"), directory.person(tx, "c-0102")
        assert absent
        assert deputy
        until = from_tomorrow + timedelta(days=3)
        deputies.appoint(tx, absent, deputy, since=from_tomorrow, until=until, by="c-0010", at=clock.now())
        return chains.gaps(tx, TOWN, RESIDENCE, clock.now())

    found = [gap for gap in sqlite_town.write_now(appoint) if gap.when is chains.When.PLANNED]
    assert [(gap.village, gap.stage, gap.away) for gap in found] == [("柳树村", "批好了，等盖章", "c-0010")]
    words = sqlite_town.read_now(lambda tx: vacancies.in_words(tx, found[0])["words"])
    assert "方慧请假" in words


def test_who_could_stand_in_is_named(sqlite_town: Database, clock: Any) -> None:
    away = [gap for gap in gaps_of(sqlite_town, "柳树村", clock) if gap.away == "c-0010"]
    assert away
    assert {"c-0001", "c-0003"} & set(away[0].could)
    assert "c-0102" not in away[0].could, "who approves does not seal"


def test_doctor_plays_the_services_of_a_whole_database(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "http://127.0.0.1:1")
    db = Database(settings.database)
    schema.upgrade(db)
    prepare(db, RESIDENCE, at=datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI))
    db.close_now()
    found = checkup.look_at_chains(settings)
    assert any("方管章" in one.words and "印章保管人" in one.words for one in found)
    assert not any(one.is_bad for one in found), "a gap is told, it breaks nothing"
