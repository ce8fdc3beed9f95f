"""A sandbox in a thread, the phone of its people, and our client."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from bot.dingtalk.client import Client
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.transport import Transport
from evals.bench.phones import PLAIN
from sandbox.server import Running, serve
from tests.integration.bot.dingtalk.phone import CREDENTIAL, Phone


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
        yield phone
        await phone.post("reset")


@pytest.fixture
async def client(endpoints: Endpoints) -> AsyncIterator[Client]:
    client = Client(Transport(CREDENTIAL, endpoints, calls_per_second=200, timeout_seconds=1))
    yield client
    await client.close()
