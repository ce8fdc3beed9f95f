"""What a villager may ask of the data about her: a copy that she can read, and an end that leaves no word behind."""

import io
import json
import logging
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.commands import stamps
from bot.persons import erasing, finding, packing, summary, telling
from bot.registration import ACCOUNT
from bot.web.app import build
from bot.web.console.session import COOKIE, Session, seal
from bot.web.doors import Deps, Login
from tests.integration.bot.house import TOWN, House
from tests.integration.bot.test_circle_pages import developed, picture
from tests.integration.bot.test_seals import CHECKER, CODE, CUSTODIAN, HEAD, tap
from township import audit, deputies, directory, members
from township.db import Tx, metadata, sqlite_path
from township.directory import Person
from township.errors import Mistake, Refused
from township.ids import new_id
from township.members import Member
from township.models import people, reaches
from workflows import casebook, history
from workflows.models import cases
from workflows.public import board, figures
from workflows.seals.models import papers

WHO, CLERK, TOWN_CLERK = "v-0103", "c-0101", "c-0001"
NAME, PHONE, ID_NUMBER = "欧阳望月", "13955556666", "110101198503071235"
LAMP, SAID, POST, ASKED = "拴马桩旁边", "石碾子那盏", "纺车换鸡娃", "拖拉机驾驶证年审在哪办呀"
WORDS = (LAMP, SAID, POST, "年审在哪办呀")
MAY_HOLD = {"person_values.value"}
"""Where something of an erased person may stand still: what was kept by law (docs/合规.md)."""


async def lived(house: House, home: Path) -> None:
    """Let her be known by a name that nobody else has, and do what people do with the bot, until all is over."""

    def known(tx: Tx) -> None:
        tx.execute(sa.update(people).where(people.c.id == WHO).values(name=NAME, born_on=date(1985, 3, 7)))
        mine = (reaches.c.person_id == WHO, reaches.c.kind == "phone")
        tx.execute(sa.update(reaches).where(*mine).values(value=PHONE))

    await house.db.write(known)
    await house.says(WHO, "帮我开个居住证明")
    await house.says(WHO, "孩子上学")
    await house.says(WHO, "县第一小学")
    await tap(house, CHECKER, "check", id_number=ID_NUMBER)
    await tap(house, HEAD, "approve")
    await tap(house, CUSTODIAN, "seal")
    await house.says(WHO, f"村口路灯不亮了，就是{LAMP}{SAID}", pictures=1)
    await house.taps_on(CLERK, house.card(CLERK)[0], "done", result=f"{NAME}家门口的换好了")
    await house.says(WHO, "灯亮了")
    frame = house.frame(WHO, f"发邻友圈：谁家{POST}", pictures=1)
    for code in [code for code in house.post.files if code not in house.post.fetched]:
        house.post.files[code] = picture()
    await house.door.on_message(frame)
    await house.quiet()
    await developed(house, home)
    await house.says(WHO, ASKED)
    for task in await house.tasks_of(TOWN_CLERK):
        await house.says(TOWN_CLERK, f"答复 {task.code} 县农机站二楼")
    await house.quiet()


async def person_of(house: House, who: str = WHO) -> Person:
    found = await house.db.read(lambda tx: directory.person(tx, who))
    assert found is not None
    return found


async def erase(house: House, who: str = WHO) -> list[str]:
    """Erase as the command does, files and pages included."""
    gone, by = await person_of(house, who), await person_of(house, TOWN_CLERK)
    files = await house.db.write(lambda tx: erasing.erase(tx, gone, by, house.clock.now()))
    erasing.drop(house.store, files)
    assert house.db.scrub_now()
    return files


def holding(tx: Tx, *words: str) -> dict[str, int]:
    """Every column of every table in which one of some words stands: how many rows."""
    found: dict[str, int] = {}
    for table in metadata.sorted_tables:
        for row in tx.execute(sa.select(table)).mappings():
            for name, value in row.items():
                written = json.dumps(value, ensure_ascii=False, default=str)
                if any(word in written for word in words):
                    found[f"{table.name}.{name}"] = found.get(f"{table.name}.{name}", 0) + 1
    return found


async def test_after_erasing_no_table_no_file_and_no_log_holds_a_word_of_hers(
    house_on_both: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = house_on_both
    caplog.set_level(logging.DEBUG)
    await lived(house, tmp_path)
    before = await house.db.read(lambda tx: holding(tx, NAME, PHONE, *WORDS))
    assert {"people.name", "reaches.value", "person_values.value", "inbox.payload", "outbox.payload"} <= before.keys()
    assert {"questions.text", "cards.shown", "conversations.state"} <= before.keys()
    kept_files = {path.name for path in (tmp_path / "files").rglob("*") if path.is_file()}
    files = await erase(house)
    assert files
    left = await house.db.read(lambda tx: holding(tx, NAME, PHONE, "1985-03-07", *WORDS))
    assert left.keys() <= MAY_HOLD
    assert await house.db.read(lambda tx: holding(tx, PHONE, *WORDS)) == {}, "by law her name stays, no word of hers"
    there = {path.name for path in (tmp_path / "files").rglob("*") if path.is_file()}
    sealed = {row["file_sha256"] for row in await house.rows(papers)}
    assert there == sealed
    assert there < kept_files
    if path := sqlite_path(house.db.url):
        pages = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
        assert not [word for word in (PHONE, *WORDS) if word.encode() in pages]
    assert not [word for word in (NAME, PHONE, *WORDS) if word in caplog.text]


async def test_what_was_counted_and_chained_stays_as_it_was(house_on_both: House, tmp_path: Path) -> None:
    house = house_on_both
    await lived(house, tmp_path)

    def look(tx: Tx) -> list[Any]:
        now = house.clock.now()
        services = ["village_report"]
        since = now - timedelta(days=30)
        month = figures.of_month(tx, TOWN, services, now, None)
        ids = tx.scalars(sa.select(cases.c.id).order_by(cases.c.id)).all()
        heads = {row.id: row.head for row in tx.execute(sa.select(cases.c.id, cases.c.head))}
        breaks = [history.first_break(history.events(tx, one), heads[one]) for one in ids]
        return [month, board.opened_between(tx, TOWN, services, since, now, limit=99), breaks, stamps._verify(tx)]

    before = await house.db.read(look)
    assert set(before[2]) == {None}
    assert before[3][1] == {}
    await erase(house)
    assert await house.db.read(look) == before


async def test_she_reads_all_of_it_and_nothing_of_anybody_else(house_on_both: House, tmp_path: Path) -> None:
    house = house_on_both
    await lived(house, tmp_path)
    who, now = await person_of(house), house.clock.now()
    own = await house.db.read(lambda tx: telling.read(tx, who, now))
    archive = zipfile.ZipFile(io.BytesIO(packing.packed(own, house.store, now)))
    page = archive.read("index.html").decode()
    for word in (NAME, PHONE, "柳树村", "1985-03-07", *WORDS, "居住情况证明", "县第一小学", "换好了", "县农机站二楼"):
        assert word in page
    assert len([name for name in archive.namelist() if name.startswith("files/")]) == len(own.files()) == 3
    cadres = await house.db.read(
        lambda tx: tx.scalars(sa.select(people.c.name).where(people.c.is_cadre, people.c.id != CLERK)).all()
    )
    assert not [name for name in cadres if name in page.partition("您跟小邻说的话")[0]]


async def test_what_must_end_first_is_said_and_nothing_is_touched(house: House) -> None:
    await house.says(WHO, "村口路灯不亮了")
    with pytest.raises(Refused, match="erase_not_yet") as refused:
        await erase(house)
    assert "柳树 1 号" in str(refused.value.values["against"])
    assert not (await person_of(house)).is_erased
    with pytest.raises(Refused, match="erase_not_yet") as refused:
        await erase(house, CHECKER)
    assert "职责" in str(refused.value.values["against"])


async def test_before_erasing_one_reads_what_goes_and_what_stays(house: House, tmp_path: Path) -> None:
    await lived(house, tmp_path)
    who = await person_of(house)
    seen = await house.db.read(lambda tx: summary.read(tx, who, house.clock.now()))
    said = "\n".join(seen.before_erasing())
    for word in ("要删的", "不删的", "用印登记簿：1 行", "--yes", "备份"):
        assert word in said
    assert LAMP not in said
    await erase(house)
    after = await house.db.read(lambda tx: summary.read(tx, finding.find(tx, WHO), house.clock.now()))
    assert "已删除的人" in after.described
    assert all(after.counts[name] == 0 for name in summary.GO)


async def test_who_did_it_is_written_down(house: House) -> None:
    await erase(house)
    found = await house.db.read(lambda tx: audit.about(tx, TOWN, WHO))
    assert [(one.act, one.actor_id) for one in found] == [("erased", TOWN_CLERK)]


async def test_of_two_with_one_name_nobody_is_guessed(house: House) -> None:
    def another(tx: Tx) -> str:
        row = {"id": new_id(), "town_id": TOWN, "village_id": "taoyuan", "name": "赵兰", "is_cadre": False, "flags": {}}
        tx.execute(sa.insert(people).values(**row))
        return str(row["id"])

    other = await house.db.write(another)
    with pytest.raises(Mistake, match="person_several") as mistake:
        await house.db.read(lambda tx: finding.find(tx, "赵兰"))
    assert WHO in str(mistake.value.values["listed"])
    assert "13800000113" not in str(mistake.value.values["listed"])
    found = await house.db.read(lambda tx: [finding.find(tx, "赵兰", "桃园村").id, finding.find(tx, "13800000113").id])
    assert found == [other, WHO]
    with pytest.raises(Mistake, match="person_nobody"):
        await house.db.read(lambda tx: finding.find(tx, "没这个人"))


async def test_who_speaks_again_is_somebody_new(house_on_both: House, tmp_path: Path) -> None:
    house = house_on_both
    await lived(house, tmp_path)
    await erase(house)
    for said in ("路灯到哪了", "灯又坏了", "看邻友圈", "查一下我的办件", "你好"):
        for answer in await house.says(WHO, said):
            assert NAME not in answer
            assert LAMP not in answer
    assert [row["name"] for row in await house.rows(people, people.c.id == WHO)] == [""]


async def test_colleagues_see_that_somebody_was_and_nothing_more(house_on_both: House, tmp_path: Path) -> None:
    house = house_on_both
    await lived(house, tmp_path)
    await erase(house)
    found = await house.cases_of(TOWN_CLERK)
    assert found
    for case in found:
        for name in case.said.values():
            assert NAME not in name
    for who, said in (
        (TOWN_CLERK, "待办"), (TOWN_CLERK, "本月办件数字"), (TOWN_CLERK, "答不上来的"), (CLERK, "最近村里办了哪些事"),
        ("v-0101", "看邻友圈"), (CLERK, "柳树 1 号 到哪了"), ("c-0008", "文件清单"),
    ):  # fmt: skip
        assert await house.says(who, said)
    ((row, *_),) = (await house.db.write(lambda tx: stamps._read(tx, house.clock.now()))).values()
    assert row["applicant"] == "已删除的人"
    assert row["purpose"]
    await house.later(days=1)
    await house.later(days=40)


async def test_the_sheet_of_the_town_does_not_bring_her_back(house: House) -> None:
    from ruamel.yaml import YAML

    from bot.commands.asking import SAMPLE_TOWN
    from township import register

    await erase(house)
    sheet = register.read_sheet(YAML(typ="safe", pure=True).load(SAMPLE_TOWN.read_text("utf-8")))
    await house.db.write(lambda tx: register.town(tx, sheet, ACCOUNT, at=house.clock.now()))
    assert (await person_of(house)).is_erased
    assert await house.rows(reaches, reaches.c.person_id == WHO) == []
    assert await house.db.read(lambda tx: register.erased_among(tx, sheet)) == {WHO}


async def test_a_paper_goes_on_being_verified(house: House, tmp_path: Path) -> None:
    await lived(house, tmp_path)
    code = CODE.search("\n".join(house.post.said[WHO]))
    assert code
    await erase(house)
    assert "居住情况证明" in await house.reply("v-0101", code[0])


async def test_her_case_reads_as_erased(house: House, tmp_path: Path) -> None:
    await lived(house, tmp_path)
    (mine,) = [one.id for one in await house.cases_of(WHO) if one.kind == "lamp"]
    await erase(house)
    clerk = await person_of(house, CLERK)
    case = await house.db.read(lambda tx: casebook.get(tx, directory.scope_of(tx, clerk, house.clock.now()), mine))
    assert case is not None
    assert case.fields["what"] == "（已删除）"
    assert case.kind == "lamp"


async def test_every_page_of_the_console_shows_a_town_with_somebody_erased(house: House, tmp_path: Path) -> None:
    await lived(house, tmp_path)
    mine = [one.id for one in await house.cases_of(WHO)]
    await erase(house)
    key = b"k" * 32
    login = Login(ACCOUNT, "dinglin-sandbox", "http://127.0.0.1/oauth2/auth", no_login)
    deps = Deps(house.db, house.clock, key, login, house.store, library=house.library)
    names = ("cases", "calls", "documents", "facts", "questions", "circle", "demands", "figures", "orders", "rosters")
    pages = ["/console", *(f"/console/{one}" for one in (*names, "broadcasts", "town", "recalls"))]
    pages += [f"/console/cases/{one}" for one in mine]
    pages += [f"/console/cases?q={asked}" for asked in ("已删除的人", NAME, "柳树 1 号")]
    session = Session(TOWN_CLERK, "n", house.clock.machine() + timedelta(hours=1))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(build(deps)), base_url="http://127.0.0.1", cookies={COOKIE: seal(key, session)}
    ) as browser:
        answers = {page: await browser.get(page) for page in pages}
    assert {page: one.status_code for page, one in answers.items() if one.status_code != 200} == {}
    shown = "\n".join(one.text for page, one in answers.items() if "?q=" not in page)
    assert "已删除的人" in shown
    assert not [word for word in (NAME, PHONE, *WORDS) if word in shown]


async def no_login(_: str) -> str:
    return ""


async def test_an_arrangement_of_deputies_goes_on_beside_somebody_erased(house: House) -> None:
    await erase(house)
    said = await house.reply(TOWN_CLERK, f"从明天起{(await person_of(house, CLERK)).name}替我三天")
    assert said
    found = await house.db.read(lambda tx: [one.name for one in deputies.cadres(tx, TOWN)])
    assert "已删除的人" not in found


async def test_who_joins_the_organisation_again_is_a_person_of_her_own(house: House) -> None:
    await erase(house)
    member = Member(WHO, "赵兰", "13800000113", "liushu")
    new = await house.db.write(lambda tx: members.joined(tx, TOWN, ACCOUNT, member, why="t", at=house.clock.now()))
    assert new != WHO
    assert "记下了" in await house.reply(WHO, "村口路灯不亮了")
    assert (await person_of(house)).is_erased
