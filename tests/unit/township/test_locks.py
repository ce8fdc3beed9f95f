"""A lock on a file: held by one, and a folder that cannot be written is said so."""

from pathlib import Path

import pytest

from township.errors import Mistake
from township.locks import FileLock


def test_what_one_holds_another_does_not_get_until_it_is_given_back(tmp_path: Path) -> None:
    one, other = FileLock(tmp_path / "home" / "a.lock"), FileLock(tmp_path / "home" / "a.lock")
    one.take("second_process")
    with pytest.raises(Mistake, match="second_process"):
        other.take("second_process")
    one.give_back()
    other.take("second_process")
    other.give_back()


@pytest.mark.parametrize("place", ["/proc/a.lock", "/proc/version/a.lock"])
def test_a_folder_that_cannot_be_written_is_named(place: str) -> None:
    with pytest.raises(Mistake, match="lock_not_written") as refused:
        FileLock(Path(place)).take("second_process")
    assert refused.value.values["path"] == str(Path(place).parent)
    assert refused.value.values["reason"]
