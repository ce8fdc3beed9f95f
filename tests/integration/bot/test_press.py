"""The press seals a paper that waits for its seal, once; what it refuses was surely not sealed."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.outgoing.carried import Failed
from bot.outgoing.press import Press
from tests.integration.bot.house import House
from tests.integration.bot.test_seals import APPLICANT, CUSTODIAN, sealed, tap
from township.effects import ApplySeal, Say, ToPerson
from township.errors import Mistake, Refused, TownshipError
from township.outbox import Parcel, Policy
from workflows.seals.models import papers as rows
from workflows.seals.ports import Sealed, Sheet


class Counting:
    """A backend that counts, or refuses."""

    def __init__(self, refuses: Exception | None = None) -> None:
        self.refuses = refuses
        self.sealed = 0

    def seal(self, sheet: Sheet, approved: str) -> Sealed:
        if self.refuses:
            raise self.refuses
        self.sealed += 1
        return Sealed("", "", datetime.now().astimezone())


async def parcel(house: House) -> Parcel:
    paper, case = await house.db.read(lambda tx: tuple(tx.execute(sa.select(rows.c.id, rows.c.case_id)).one()))
    return Parcel("p", "shilizhen", ApplySeal(case, paper), Policy.AT_MOST_ONCE, "t", 1, house.clock.now())


async def test_a_paper_that_bears_its_seal_gets_no_second_one(house: House) -> None:
    await sealed(house)
    backend = Counting()
    assert await Press(house.db, backend).carry(await parcel(house)) == Failed("not_approved")
    assert backend.sealed == 0


@pytest.mark.parametrize(
    "refuses", [Refused("real_body_not_sealed_here", body="x"), Mistake("character_not_printable")]
)
async def test_what_the_backend_refuses_was_not_sealed(house: House, refuses: TownshipError) -> None:
    await sealed(house)
    await house.db.write(lambda tx: tx.execute(sa.update(rows).values(state="sealing")))
    assert await Press(house.db, Counting(refuses)).carry(await parcel(house)) == Failed(refuses.code)


async def test_what_was_sealed_is_told_by_hash_and_serial(house: House) -> None:
    await sealed(house)
    (row,) = await house.rows(rows)
    assert house.store.path(row["file_sha256"]).exists()
    assert row["serial"]
    assert len(house.post.enclosed[APPLICANT]) == 1


async def test_a_bug_in_the_press_is_in_doubt(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.seals.paper.demo.draw_seal", lambda name: b"no pdf")
    with pytest.raises(AssertionError):
        await sealed(house)
    (row,) = await house.rows(rows)
    assert row["state"] == "doubt"
    with pytest.raises(AssertionError):
        await tap(house, CUSTODIAN, "seal")


async def test_it_carries_nothing_else(house: House) -> None:
    other = Parcel("p", "t", Say(ToPerson("x"), "x"), Policy.AT_LEAST_ONCE, "t", 1, house.clock.now())
    with pytest.raises(TypeError):
        await Press(house.db, Counting()).carry(other)
