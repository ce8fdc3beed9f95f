from pathlib import Path

from bot.outgoing.sent import LONGEST, Sent, carrying


def test_the_next_process_reads_what_the_dead_one_sent(tmp_path: Path) -> None:
    dead = Sent(tmp_path / "sent")
    dead.note("a")
    dead.note("b")
    after = Sent(tmp_path / "sent")
    assert after.left() == ["a", "b"]
    after.clear()
    assert Sent(tmp_path / "sent").left() == []


def test_a_torn_line_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "sent").write_text("a\nhalf")
    assert Sent(tmp_path / "sent").left() == ["a"]


def test_an_idle_file_is_emptied_when_it_is_long(tmp_path: Path) -> None:
    sent = Sent(tmp_path / "sent")
    sent.note("a")
    sent.clear(when_long=True)
    assert sent.left() == ["a"]
    sent.note("b" * LONGEST)
    sent.clear(when_long=True)
    assert sent.left() == []


def test_without_a_path_nothing_is_kept() -> None:
    sent = Sent()
    sent.note("a")
    assert sent.left() == []


def test_what_was_about_to_leave_is_told_apart_from_what_has_left(tmp_path: Path) -> None:
    dead = Sent(tmp_path / "sent")
    carrying("a", "b")
    dead.begin()
    dead.note("a", "b")
    carrying("c")
    dead.begin()
    after = Sent(tmp_path / "sent")
    assert after.left() == ["a", "b"]
    assert after.begun() == ["a", "b", "c"]
    carrying()
