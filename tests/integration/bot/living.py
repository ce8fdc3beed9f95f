"""A whole process of the bot in this loop, over the real sandbox in a thread: for what must cross the wire."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from bot.app import App
from sandbox.server import Running, serve
from tests.integration.bot.dingtalk.phone import Phone
from township import schema
from township.clock import OffsetClock
from township.settings import Settings


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
async def living(home: Path, database_url: str = "", **more: Any) -> AsyncIterator[Living]:
    """Start everything on an empty database, on the next working morning; stop it in order."""
    with serve() as running:
        app = App(settings_of(home, running.url, database_url, **more))
        assert isinstance(app.clock, OffsetClock)
        schema.upgrade(app.db)
        async with httpx.AsyncClient(base_url=running.url, timeout=30, trust_env=False) as http:
            await app.start()
            try:
                yield Living(app, running, Phone(http))
            finally:
                await app.stop()
