"""The process of its own: it ends alone, and the next file gets another."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.formats.kinds import Kind
from knowledge.formats.quarantine import Quarantine
from tests.unit.knowledge.formats import making
from township.errors import Mistake

NOTICE = making.pdf("第一条 带身份证到窗口办理。\n#pagebreak()\n第二条 不收钱。")


@pytest.fixture
def quarantine() -> Iterator[Quarantine]:
    with Quarantine() as own:
        yield own


def test_it_reads_as_we_would_and_tells_of_every_page(quarantine: Quarantine) -> None:
    told: list[tuple[int, int]] = []
    content = quarantine.read(NOTICE, "a.pdf", Kind.PDF, lambda page, of: told.append((page, of)))
    assert [(line.text, line.page) for line in content.lines] == [
        ("第一条 带身份证到窗口办理。", 1),
        ("第二条 不收钱。", 2),
    ]
    assert told == [(1, 2), (2, 2)]


def test_one_child_reads_many_files_and_another_follows_one_that_died(quarantine: Quarantine) -> None:
    quarantine.read(NOTICE, "a.pdf", Kind.PDF)
    first = quarantine.child_id
    quarantine.read(NOTICE, "a.pdf", Kind.PDF)
    assert quarantine.child_id == first
    assert first is not None
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert quarantine.read(NOTICE, "a.pdf", Kind.PDF).lines
    assert quarantine.child_id != first


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with Quarantine(silence=0.0) as quarantine, pytest.raises(Mistake, match="file_too_hard"):
        quarantine.read(NOTICE, "a.pdf", Kind.PDF)


def test_memory_is_bounded_and_what_needs_more_is_a_mistake() -> None:
    many = making.word_of(b"<w:p/>" * 300_000)
    with Quarantine(memory=50 * 2**20) as quarantine, pytest.raises(Mistake, match=r"file_(too_hard|unreadable)"):
        quarantine.read(many, "a.docx", Kind.DOCX)


def test_nothing_of_our_surroundings_is_handed_in(quarantine: Quarantine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINGLIN_CLIENT_SECRET", "not for files")
    quarantine.read(NOTICE, "a.pdf", Kind.PDF)
    if sys.platform == "linux":
        known = Path(f"/proc/{quarantine.child_id}/environ").read_bytes()
        assert b"DINGLIN" not in known
