"""A whole process of the bot in this loop, over the real sandbox in a thread: for what must cross the wire."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from bot.app import App
from evals.bench.phones import PLAIN
from sandbox.server import Running, serve
from tests.integration.bot.dingtalk.phone import Phone
from township import schema
from township.clock import SHANGHAI, OffsetClock
from township.settings import Settings
from township.workdays import Calendar


@dataclass
class Living:
    """The app, the sandbox, and everybody's phones."""

    app: App
    sandbox: Running
    phone: Phone

    async def rows(self, table: sa.Table, *where: Any) -> Sequence[Mapping[str, Any]]:
        """Rows of a table."""
        return await self.app.db.read(
            lambda tx: [dict(row) for row in tx.execute(sa.select(table).where(*where)).mappings()]
        )


def settings_of(home: Path, url: str, database_url: str = "", **more: Any) -> Settings:
    """Settings of a demonstration without a model."""
    given = {"home": home, "api_url": url, "database_url": database_url, "embedder": "none", **more}
    return Settings(_env_file=None, client_secret=SecretStr("dinglin-secret"), **given)


@asynccontextmanager
async def living(
    home: Path, database_url: str = "", *, prepare: Callable[[App], None] = lambda app: None, **more: Any
) -> AsyncIterator[Living]:
    """Start everything on an empty database, on the next working morning; stop it in order.

    `prepare` may do something to the app before it starts.
    """
    with serve() as running:
        app = App(settings_of(home, running.url, database_url, **more))
        assert isinstance(app.clock, OffsetClock)
        schema.upgrade(app.db)
        prepare(app)
        async with httpx.AsyncClient(base_url=running.url, timeout=30, trust_env=False, verify=PLAIN) as http:
            phone = Phone(http)
            await phone.post("clock", to=_working_morning().isoformat())
            await app.start()
            try:
                yield Living(app, running, phone)
            finally:
                await app.stop()


def _working_morning() -> datetime:
    """Find nine o'clock of the next working day."""
    calendar, at = Calendar(), datetime.now(SHANGHAI) + timedelta(days=1)
    while not calendar.day(at.date()).spans:
        at += timedelta(days=1)
    return at.replace(hour=9, minute=0, second=0, microsecond=0)
