"""One demonstration with its certificates, and one sealed paper of it, for every test of this folder."""

from pathlib import Path

import pytest

from tests.unit.workflows.seals.paper.sheets import Kept, a_sheet, sealed
from workflows.seals.paper.authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def paper(authority: Authority) -> bytes:
    """A sealed proof of residence."""
    return sealed(authority, a_sheet(), Kept())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"
