"""Recordings that nobody could read are heard at the console, by who may see the case, and that is recorded."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
import sqlalchemy as sa

from bot.web.console.recordings import ANY, kind_of
from bot.web.doors import Deps
from township.ids import new_id
from township.models import audit_entries
from workflows import cases
from workflows.cases import Opening

SignIn = Callable[..., Awaitable[httpx.Response]]
VOICE = b"#!AMR\n" + bytes(64)


@pytest.fixture
async def handed_over(deps: Deps) -> tuple[str, str]:
    """A matter that was spoken and not understood: its case, and the hash of the recording."""
    now, sha256 = deps.clock.now(), deps.files.keep(VOICE)
    fields = {"what": "语音", "cause": "unheard", "recording": [sha256]}
    opening = Opening("shilizhen", "handoff", new_id(), fields, now, spoke="v-0101")
    return (await deps.db.write(lambda tx: cases.open(tx, opening, now=now))).case_id, sha256


async def test_the_recording_is_heard_and_the_hearing_recorded(
    browser: httpx.AsyncClient, sign_in: SignIn, handed_over: tuple[str, str], deps: Deps
) -> None:
    case_id, sha256 = handed_over
    await sign_in("c-0101")
    path = f"/console/cases/{case_id}/recordings/{sha256}"
    page = (await browser.get(f"/console/cases/{case_id}")).text
    assert f'<audio controls preload="none" src="{path}"' in page
    assert "1 个文件" in page
    answer = await browser.get(path)
    assert (answer.headers["content-type"], answer.content) == ("audio/amr", VOICE)
    heard = sa.select(audit_entries.c.actor_id).where(audit_entries.c.what == "voice")
    assert await deps.db.read(lambda tx: list(tx.execute(heard).scalars())) == ["c-0101"]


async def test_who_may_not_see_the_case_hears_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn, handed_over: tuple[str, str]
) -> None:
    await sign_in("c-0201")
    assert (await browser.get(f"/console/cases/{handed_over[0]}/recordings/{handed_over[1]}")).status_code == 404


async def test_only_recordings_of_the_case_are_served(
    browser: httpx.AsyncClient, sign_in: SignIn, handed_over: tuple[str, str], deps: Deps
) -> None:
    await sign_in("c-0101")
    other = deps.files.keep(b"another file of the home")
    assert (await browser.get(f"/console/cases/{handed_over[0]}/recordings/{other}")).status_code == 404


@pytest.mark.parametrize(
    ("content", "kind"), [(VOICE, "audio/amr"), (b"RIFF....WAVE", "audio/wav"), (b"<script>", ANY), (b"", ANY)]
)
def test_a_sound_is_known_by_how_it_begins(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind
