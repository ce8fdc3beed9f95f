"""A word index that was kept is the one that was built."""

from pathlib import Path

import numpy as np

from knowledge.search import lexical, wordfiles

TEXTS = ["申请低保到村委会。", "垃圾分四类投放。", "低保每年复核一次。"]


def test_a_kept_index_scores_alike(tmp_path: Path) -> None:
    built = lexical.build(TEXTS)
    kept = wordfiles.keep(tmp_path, "a", built)
    found = wordfiles.find(tmp_path, "a")
    assert found is not None
    for index in (kept, found):
        [scores], [right] = lexical.scores([index], "低保去哪申请"), lexical.scores([built], "低保去哪申请")
        assert np.array_equal(scores, right)


def test_one_that_is_broken_or_not_there_is_built_anew(tmp_path: Path) -> None:
    assert wordfiles.find(tmp_path, "a") is None
    wordfiles.keep(tmp_path, "a", lexical.build(TEXTS))
    next((tmp_path / "a").glob("*.npy")).write_bytes(b"\x93NUMPY broken")
    assert wordfiles.find(tmp_path, "a") is None


def test_a_folder_that_cannot_be_written_to_is_no_loss(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    built = lexical.build(TEXTS)
    assert wordfiles.keep(tmp_path / "file", "a", built) is built


def test_what_nobody_wants_is_deleted(tmp_path: Path) -> None:
    for name in ("a", "b"):
        wordfiles.keep(tmp_path, name, lexical.build(TEXTS))
    wordfiles.clear(tmp_path, {"b"})
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    wordfiles.clear(tmp_path / "none", set())
