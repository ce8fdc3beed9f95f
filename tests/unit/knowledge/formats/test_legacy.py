"""Files of old office programs, and a program that stands in for LibreOffice, taking and giving files."""

import sys
from pathlib import Path

import pytest

from knowledge.formats.kinds import Kind
from knowledge.formats.legacy import renewed
from tests.unit.knowledge.formats import making
from township.errors import Mistake


def office(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Put a program named soffice on the path."""
    program = folder / "soffice"
    program.write_text(f"#!{sys.executable}\nimport sys, pathlib\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_without_an_office_program_it_says_what_to_save_it_as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Mistake, match="file_old_format") as caught:
        renewed(making.compound("WordDocument"), "老.doc", Kind.DOC)
    assert caught.value.values == {"file": "老.doc", "named": "DOC", "wanted": ".docx"}


def test_an_office_program_makes_it_new_in_a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        "old = pathlib.Path(sys.argv[-1])\n"
        "assert '--headless' in sys.argv and any(a.startswith('-env:UserInstallation=file:') for a in sys.argv)\n"
        "old.with_suffix('.' + sys.argv[sys.argv.index('--convert-to') + 1]).write_bytes(b'new:' + old.read_bytes())"
    )
    office(tmp_path, monkeypatch, body)
    assert renewed(b"old", "老.xls", Kind.XLS) == b"new:old"


def test_one_that_makes_nothing_or_hangs_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office(tmp_path, monkeypatch, "")
    with pytest.raises(Mistake, match="file_unreadable"):
        renewed(b"old", "老.doc", Kind.DOC)
    office(tmp_path, monkeypatch, "import signal\nsignal.pause()")
    with pytest.raises(Mistake, match="file_too_hard"):
        renewed(b"old", "老.doc", Kind.DOC, seconds=0.3)
