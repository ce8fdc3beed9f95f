"""What is rehearsed before anybody is heard: it is understood, and leaves nothing behind."""

from pathlib import Path

import sqlalchemy as sa

from bot.dialogue import rehearsing
from bot.dialogue.meaning.commands import Unknown
from bot.models import conversations, inbox
from tests.integration.bot.living import living
from township.models import outbox
from workflows import definitions
from workflows.models import cases


async def test_a_rehearsal_leaves_nothing_behind(tmp_path: Path) -> None:
    async with living(tmp_path) as town:
        await town.app.mind.rehearse()
        for table in (conversations, inbox, outbox, cases):
            count = sa.select(sa.func.count()).select_from(table)
            assert await town.app.db.read(lambda tx, count=count: tx.scalar(count)) == 0, table.name


async def test_what_is_rehearsed_is_what_people_say(tmp_path: Path) -> None:
    async with living(tmp_path) as town:
        town_id = await town.app.db.read(lambda tx: definitions.towns(tx)[0])
        mind, at = town.app.mind, town.app.clock.now()
        thoughts = [await mind.think(rehearsing.said(town_id, text, at)) for text in rehearsing.sentences()]
        known = [not any(isinstance(one, Unknown) for one in thought.commands) for thought in thoughts]
        assert known[:-1] == [True] * (len(known) - 1)
        assert not known[-1], "the last is what nobody understands: it goes all the way"
        assert any(thought.answers for thought in thoughts)
