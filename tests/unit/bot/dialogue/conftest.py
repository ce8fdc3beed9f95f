"""Emergencies are heard here with both ears."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def _with_both_ears(second_ear: Path) -> Path:
    """Use the second ear in every test of this folder."""
    return second_ear
