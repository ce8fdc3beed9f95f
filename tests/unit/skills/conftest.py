"""One hall for the rehearsals of a module."""

from collections.abc import Iterator

import pytest

from skills.rehearsal.hall import Hall, hall


@pytest.fixture(scope="module")
def place() -> Iterator[Hall]:
    with hall() as opened:
        yield opened
