"""A sandbox that keeps what goes over the wire, the phones of its people, and our client."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from bot.dingtalk.client import Client
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.transport import Transport
from evals.bench.phones import PLAIN
from sandbox.server import Running, serve
from tests.integration.bot.dingtalk.phone import CREDENTIAL, Phone

KEPT = 5000


def expected(name: str) -> dict[str, Any]:
    """Read a file of expectations."""
    return dict(YAML(typ="safe", pure=True).load(Path(__file__).with_name(name).read_text("utf-8")))


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serve() as sandbox:
        yield sandbox


@pytest.fixture
def endpoints(running: Running) -> Endpoints:
    return Endpoints(running.url, running.url)


@pytest.fixture
async def phone(running: Running) -> AsyncIterator[Phone]:
    async with httpx.AsyncClient(base_url=running.url, timeout=30, trust_env=False, verify=PLAIN) as http:
        phone = Phone(http)
        await phone.post("reset")
        await phone.post("wire", keep=KEPT)
        yield phone


@pytest.fixture
async def client(endpoints: Endpoints) -> AsyncIterator[Client]:
    client = Client(Transport(CREDENTIAL, endpoints, calls_per_second=200, timeout_seconds=5))
    yield client
    await client.close()
