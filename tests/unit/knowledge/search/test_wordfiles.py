"""A word index that was kept is the one that was built, however many slices and buckets it was built in."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search import building, lexical, wordfiles
from knowledge.search.lexical import WordIndex

TEXTS = ["申请低保到村委会。", "垃圾分四类投放。", "低保每年复核一次。"]


def are_the_same(one: WordIndex, other: WordIndex) -> bool:
    pairs = [(getattr(one, name), getattr(other, name)) for name in ("terms", "starts", "texts", "weights")]
    return one.size == other.size and all(np.array_equal(left, right) for left, right in pairs)


def test_a_kept_index_scores_alike(tmp_path: Path) -> None:
    built = lexical.build(TEXTS)
    made, found = wordfiles.make(tmp_path, "a", iter(TEXTS)), wordfiles.find(tmp_path, "a")
    for index in (made, found):
        assert index is not None
        [scores], [right] = lexical.scores([index], "低保去哪申请"), lexical.scores([built], "低保去哪申请")
        assert np.array_equal(scores, right)


@given(texts=st.lists(st.text(alphabet="甲乙丙丁戊己12。", max_size=12), max_size=9))
def test_slices_and_buckets_change_nothing(texts: list[str]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexical, "SLICE", 2)
        patch.setattr(building, "BUCKETS", 3)
        made = wordfiles.make(Path(folder), "a", texts)
        assert made is not None
        assert are_the_same(made, lexical.build(texts))


def test_one_that_is_broken_or_not_there_is_built_anew(tmp_path: Path) -> None:
    assert wordfiles.find(tmp_path, "a") is None
    wordfiles.make(tmp_path, "a", TEXTS)
    next((tmp_path / "a").glob("*.npy")).write_bytes(b"\x93NUMPY broken")
    assert wordfiles.find(tmp_path, "a") is None


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert wordfiles.make(tmp_path / "file", "a", TEXTS) is None


def test_nothing_is_left_beside_the_index(tmp_path: Path) -> None:
    wordfiles.make(tmp_path, "a", TEXTS)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert {path.name for path in (tmp_path / "a").iterdir()} == {
        "numbers.json",
        "starts.npy",
        "terms.npy",
        "texts.npy",
        "weights.npy",
    }


def test_what_nobody_wants_is_deleted(tmp_path: Path) -> None:
    for name in ("a", "b"):
        wordfiles.make(tmp_path, name, TEXTS)
    wordfiles.clear(tmp_path, {"b"})
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    wordfiles.clear(tmp_path / "none", set())
