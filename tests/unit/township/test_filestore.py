"""Files are kept once and whole, however many bring the same one at a time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from township.filestore import FileStore


def test_the_same_file_from_many_at_once_is_kept_whole(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    for number in range(8):
        content = bytes([number]) * 4_000_000
        with ThreadPoolExecutor(12) as several:
            found = set(several.map(store.keep, [content] * 12))
        assert len(found) == 1
        assert store.path(found.pop()).read_bytes() == content


def test_nothing_half_written_stays_behind(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    sha256 = store.keep(b"a photo")
    assert store.keep(b"a photo") == sha256
    assert [one.name for one in (tmp_path / "files").rglob("*") if one.is_file()] == [sha256]


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_name_that_is_no_hash_is_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a hash"):
        FileStore(tmp_path).path(name)
