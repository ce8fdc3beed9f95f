"""The commands by which a service is made, where their user writes something else: plain words, and a way on."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from skills import checks, drafting, registry
from skills.commands import app_skills
from skills.sheets import say


def run(*words: str) -> Result:
    return CliRunner().invoke(app_skills, list(words))


def test_a_folder_that_is_not_there_is_named_as_it_was_written() -> None:
    said = run("check", "nowhere")
    assert said.exit_code == 1
    assert "nowhere：没有这个文件夹。" in said.output
    assert str(registry.HERE) not in said.output


def test_one_to_begin_with_is_found_by_its_last_name(tmp_path: Path) -> None:
    said = run("export", "feast", "--out", str(tmp_path))
    assert said.exit_code == 1
    assert "是不是想写“gallery/feast”" in said.output
    assert run("export", "gallery/feast", "--out", str(tmp_path)).exit_code == 0
    assert (tmp_path / "feast" / "skill.yaml").is_file()


@pytest.mark.parametrize("form", ["xlsx", "folder"])
def test_a_name_that_is_none_is_refused_without_speaking_of_folders(form: str) -> None:
    said = run("new", "Jia", "--as", form)
    assert said.exit_code != 0
    assert getattr(said.exception, "code", "") == "not_a_code"
    assert "文件夹" not in say("not_a_code", name="Jia")


@pytest.mark.parametrize(("title", "count"), [("通过", 1), ("不批", 1), ("符合条件", 1), ("收下", 0)])
def test_a_yes_or_no_counts_as_an_approval_in_whatever_words(title: str, count: int) -> None:
    files = dict(drafting.template("borrow").skill.files)  # type: ignore[union-attr]
    files["skill.yaml"] = re.sub("title: 收下", f"title: {title}", files["skill.yaml"])
    skill = registry.load_files("borrow", files).skill
    assert skill is not None
    assert checks.price(skill).approvals == count


def test_the_gallery_says_how_often_is_approved() -> None:
    relief = registry.load(registry.HERE / "gallery" / "relief").skill
    assert relief is not None
    assert checks.price(relief).approvals == 2
