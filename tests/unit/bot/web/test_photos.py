"""Photos of a case at the console: for who may see the case, recorded, and without what the camera wrote."""

from collections.abc import Awaitable, Callable
from io import BytesIO

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image

from bot.web.doors import Deps
from township.ids import new_id
from township.models import audit_entries
from workflows import cases
from workflows.cases import Opening

SignIn = Callable[..., Awaitable[httpx.Response]]


def a_photo() -> bytes:
    """A picture with a camera's words and a place in it."""
    exif = Image.Exif()
    exif[0x010F] = "a telling camera"
    exif[0x8825] = {1: "N", 2: (36.0, 1.0, 2.0)}
    made = BytesIO()
    Image.new("RGB", (2400, 1200), "green").save(made, "JPEG", exif=exif)
    return made.getvalue()


async def report(deps: Deps, content: bytes) -> tuple[str, str]:
    """A report with a photo: its case, and the hash of the photo."""
    now, sha256 = deps.clock.now(), deps.files.keep(content)
    fields = {"what": "灯不亮", "kind": "lamp", "photos": [sha256]}
    opening = Opening("shilizhen", "village_report", new_id(), fields, now, spoke="v-0101")
    return (await deps.db.write(lambda tx: cases.open(tx, opening, now=now))).case_id, sha256


@pytest.fixture
async def reported(deps: Deps) -> tuple[str, str]:
    return await report(deps, a_photo())


async def test_the_photo_is_shown_without_its_secrets_and_the_look_recorded(
    browser: httpx.AsyncClient, sign_in: SignIn, reported: tuple[str, str], deps: Deps
) -> None:
    case_id, sha256 = reported
    await sign_in("c-0101")
    path = f"/console/cases/{case_id}/photos/{sha256}"
    assert path in (await browser.get(f"/console/cases/{case_id}")).text
    answer = await browser.get(path)
    assert answer.headers["content-type"] == "image/jpeg"
    assert b"a telling camera" not in answer.content
    with Image.open(BytesIO(answer.content)) as shown:
        assert dict(shown.getexif()) == {}
        assert shown.size == (1600, 800)
    looks = sa.select(audit_entries.c.actor_id).where(audit_entries.c.what == "photo")
    assert await deps.db.read(lambda tx: list(tx.execute(looks).scalars())) == ["c-0101"]


@pytest.mark.parametrize("staff", ["c-0201", "c-0008"])
async def test_who_may_not_see_the_case_does_not_see_the_photo(
    browser: httpx.AsyncClient, sign_in: SignIn, reported: tuple[str, str], staff: str
) -> None:
    await sign_in(staff)
    assert (await browser.get(f"/console/cases/{reported[0]}/photos/{reported[1]}")).status_code == 404


@pytest.mark.parametrize("name", ["0" * 64, "nothing"])
async def test_only_photos_of_the_case_are_served(
    browser: httpx.AsyncClient, sign_in: SignIn, reported: tuple[str, str], name: str
) -> None:
    await sign_in("c-0101")
    assert (await browser.get(f"/console/cases/{reported[0]}/photos/{name}")).status_code == 404


@pytest.mark.parametrize(("size", "form"), [((7000, 7000), "PNG"), ((10, 10), "TIFF")])
async def test_what_no_telephone_takes_is_not_unfolded(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps, size: tuple[int, int], form: str
) -> None:
    bomb = BytesIO()
    Image.new("1", size).save(bomb, form)
    case_id, sha256 = await report(deps, bomb.getvalue())
    await sign_in("c-0101")
    assert (await browser.get(f"/console/cases/{case_id}/photos/{sha256}")).status_code == 404
