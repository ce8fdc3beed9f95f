"""The second ear, taught once for these tests."""

from pathlib import Path

import pytest

from evals import hearing


@pytest.fixture(scope="session", autouse=True)
def second_ear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Teach it as set-up does, and use it."""
    target = tmp_path_factory.mktemp("models") / "second_ear.json"
    hearing.ready(target)
    return target
