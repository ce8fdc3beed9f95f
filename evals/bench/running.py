"""The whole app beside a rehearsal: in a thread of its own, on the invented town, begun when the rehearsal begins.

What people do on their phones is in `rehearsed.py`.
"""

import asyncio
import threading
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr
from ruamel.yaml import YAML

from bot.app import App
from bot.outgoing.carried import Carried, Outcome
from bot.outgoing.means import Carrier
from skills.rehearsal.cast import SHEET
from township.clock import OffsetClock
from township.outbox import Parcel
from township.settings import Settings

T = TypeVar("T")
PATIENCE = 20.0
CORP = "dingsandbox"


def write_town(path: Path) -> Path:
    """Write the town of the rehearsals down as a sandbox reads one; returns the path."""
    sheet: dict[str, Any] = YAML(typ="safe", pure=True).load(SHEET.read_text("utf-8"))
    sheet["town"] |= {"corp_id": CORP, "dept_id": 1, "office": {"name": sheet["town"]["name"], "dept_id": 200}}
    for number, village in enumerate(sheet["villages"], 101):
        village["dept_id"] = number
    sheet["groups"] = [
        {"id": f"cid{one['id']}=", "title": one["name"], "village": one["id"]} for one in sheet["villages"]
    ]
    for person in sheet["people"]:
        person["union_id"] = f"un-{person['id']}" if person.get("staff_id") else None
    yaml = YAML(typ="safe", pure=True)
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(sheet, stream)
    return path


class SetBack(OffsetClock):
    """The clock of a demonstration that may begin on a day that is over."""

    def __init__(self, begin: datetime) -> None:
        super().__init__()
        self._behind = max(super().machine() - begin, timedelta())

    def machine(self) -> datetime:
        return super().machine() - self._behind


class TakenAway(Carrier):
    """The press of a rehearsal: a paper has left, and the step that says what became of it comes later."""

    async def carry(self, parcel: Parcel) -> Outcome:
        return Carried({})


class Running:
    """The whole app in a thread of its own, on a home that is migrated."""

    def __init__(self, home: Path, url: str, secret: str, clock: SetBack) -> None:
        given: dict[str, Any] = {"_env_file": None, "home": home, "api_url": url, "embedder": "none"}
        given["seal_backend"] = "counter"  # as a rehearsal seals
        self.app = App(Settings(client_secret=SecretStr(secret), **given), clock=clock)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rehearsed", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the app's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def settle(self) -> None:
        """Wait until all that was said is answered and all that is due has left."""

        async def quiet() -> None:
            await self.app.workers.idle()
            await self.app.delivery.drain()

        self.run(quiet())

    def stop(self) -> None:
        """Stop the app in order, then its loop."""
        self.run(self.app.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
