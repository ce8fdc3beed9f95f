"""`make` and `dinglin` mean the same home, and nothing of make touches a township's data."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOW = "show: ; @echo $(HOME_DIR) $(MODEL) $$DINGLIN_HOME"

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed: apt-get install make")


def homes(folder: Path, *arguments: str, home: str = "") -> list[str]:
    """What make takes for home and model, and what it hands to `dinglin`."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("DINGLIN_", "MAKE"))}
    environment = known | ({"DINGLIN_HOME": home} if home else {})
    command = ["make", "-s", "-f", str(ROOT / "Makefile"), "--eval", SHOW, *arguments, "show"]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.split()


def model_in(home: str) -> list[str]:
    return [home, f"{home}/models/e5-small-zh/model_int8.onnx", home]


def test_home_is_var_unless_it_is_said(tmp_path: Path) -> None:
    assert homes(tmp_path) == model_in("var")


def test_home_of_the_environment_is_the_home_of_make(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DINGLIN_HOME=/srv/other\n", "utf-8")
    assert homes(tmp_path, home="/srv/town") == model_in("/srv/town")


@pytest.mark.parametrize("line", ["DINGLIN_HOME=/srv/town", 'DINGLIN_HOME="/srv/town"', "  DINGLIN_HOME = /srv/town "])
def test_home_written_in_env_is_the_home_of_make(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(f"# DINGLIN_HOME=/no\nDINGLIN_PORT=1\n{line}\n", "utf-8")
    assert homes(tmp_path) == model_in("/srv/town")


def test_home_said_to_make_is_the_home_of_dinglin(tmp_path: Path) -> None:
    assert homes(tmp_path, "HOME_DIR=/srv/town", home="/srv/other") == model_in("/srv/town")


def test_clean_leaves_a_home_elsewhere_alone(tmp_path: Path) -> None:
    command = ["make", "-n", "-f", str(ROOT / "Makefile"), "clean", "DINGLIN_HOME=/srv/town"]
    planned = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "rm -rf .venv var" in planned
    assert "/srv/town" not in planned
