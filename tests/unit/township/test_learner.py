"""A machine that learns labels from texts: right on what is plain, the same every time, silent where unsure."""

from pathlib import Path

from township import learner

SAID = [
    ("路灯不亮了", "灯"),
    ("村口的灯坏了", "灯"),
    ("路灯一闪一闪", "灯"),
    ("灯杆歪了", "灯"),
    ("垃圾没人收", "垃圾"),
    ("垃圾桶满了", "垃圾"),
    ("河边倒了垃圾", "垃圾"),
    ("垃圾车三天没来", "垃圾"),
]


def taught() -> learner.Learner:
    return learner.learn([learner.pieces(text) for text, _ in SAID], [label for _, label in SAID])


def test_what_was_learned_is_told_of_texts_that_were_not_seen() -> None:
    machine = taught()
    assert machine.label("桥头的路灯又坏了") == "灯"
    assert machine.label("路边一堆垃圾没人拉") == "垃圾"
    assert machine.label("桥头的路灯又坏了", frozenset({"垃圾"})) == "垃圾"


def test_the_same_texts_teach_the_same() -> None:
    assert (taught().weights == taught().weights).all()


def test_nothing_is_sure_of_a_text_without_a_known_piece() -> None:
    machine = taught()
    assert machine.sure("明早赶集", 0.3) == ""
    assert machine.sure("路灯坏了", 0.3) == "灯"


def test_what_is_kept_says_the_same_when_it_is_read(tmp_path: Path) -> None:
    machine = taught()
    machine.store(tmp_path / "kept" / "machine.npz")
    again = learner.load(tmp_path / "kept" / "machine.npz")
    assert again.labels == machine.labels
    assert abs(again.scores("路灯坏了")["灯"] - machine.scores("路灯坏了")["灯"]) < 0.01


def test_spaces_and_figures_make_no_difference() -> None:
    assert learner.pieces("路 灯 12 号") == learner.pieces("路灯98号")
