from bot.commands import checkup
from bot.commands.checkup import Verdict
from township import broker, schema
from township.db import Database, metadata
from township.presence import Presence
from township.processes import Index, Process
from township.settings import Settings


async def test_doctor_says_who_lives_and_who_does_the_work(postgres_db: Database) -> None:
    postgres_db.write_now(metadata.drop_all)
    schema.upgrade(postgres_db)
    presence = Presence(postgres_db.url, Process("0006", Index.SERVER, "m1", "10.0.0.7:9601"))
    presence.enter()
    try:
        found = await checkup.look(Settings(database_url=postgres_db.url, embedder="none"), dingtalk=False)
    finally:
        presence.leave()
    by_name = {finding.what: finding for finding in found}
    assert by_name["database"].verdict is Verdict.GOOD
    assert "10.0.0.7:9601" in by_name["processes"].words
    assert ("procrastinate" in by_name["jobs"].words) is broker.is_installed()
