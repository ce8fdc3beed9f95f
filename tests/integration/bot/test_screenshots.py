"""A clerk's picture of another chat: said in a clear sentence where it cannot be read, filed by number where it can."""

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFont

from bot.dialogue.offices import screenshots
from bot.models import conversations
from knowledge.formats.scans import can_see
from tests.integration.bot.house import House
from township.filestore import FileStore

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


@pytest.mark.skipif(can_see(), reason="the extra ocr is installed")
async def test_without_the_extra_it_is_said_that_it_cannot_be_read(house: House) -> None:
    await house.says("c-0101", pictures=1)
    assert "没装认字的组件" in await house.reply("c-0101", "记")
    assert await house.cases_of("c-0101") == []


async def test_chosen_matters_are_filed_and_nobody_of_the_picture_stands_on_them(house: House) -> None:
    await house.says("c-0101", "你好")
    said = ["桥头井盖又没了掉进人去咋整", "三组停水两天了", "今晚谁家打牌"]
    seen = {"seen": {"said": said, "at": house.clock.now().isoformat()}}
    mine = conversations.c.person_id == "c-0101"
    await house.db.write(lambda tx: tx.execute(sa.update(conversations).where(mine).values(state=seen)))
    assert "记下 2 件" in await house.reply("c-0101", "12")
    found = {case.kind: case for case in await house.cases_of("c-0101")}
    assert set(found) == {"manhole", "water"}
    assert found["manhole"].cast.villagers() == ()
    assert found["manhole"].cast.wrote == "c-0101"
    assert found["manhole"].pace == "urgent"


async def test_a_villagers_picture_and_the_word_are_no_screenshot(house: House) -> None:
    await house.says("v-0101", pictures=1)
    assert "认字" not in await house.reply("v-0101", "记")


@pytest.mark.skipif(not can_see(), reason="the extra ocr is not installed")
def test_a_picture_is_read_bubble_by_bubble(tmp_path: Path) -> None:
    picture = Image.new("RGB", (720, 500), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, 36)
    for at, line in enumerate(["张三", "桥头井盖又没了", "李四", "三组停水两天了"]):
        draw.text((30, 30 + 100 * at), line, fill="black", font=font)
    held = io.BytesIO()
    picture.save(held, "PNG")
    store = FileStore(tmp_path)
    assert screenshots.read(store, [store.keep(held.getvalue())]).said == ("桥头井盖又没了", "三组停水两天了")
