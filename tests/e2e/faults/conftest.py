"""One town in bad weather for the tests of a module: what was armed has struck, and each test leaves it settled."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.faults.storm import Storm, storm


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Storm]:
    async with storm(tmp_path_factory.mktemp("town")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def calm(town: Storm) -> AsyncIterator[None]:
    yield
    await town.calms()
