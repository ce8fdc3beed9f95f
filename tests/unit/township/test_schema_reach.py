"""What is said of a database that does not answer."""

from pathlib import Path

import pytest

from township import schema
from township.db import Database
from township.errors import Mistake


@pytest.mark.parametrize("broken", [b"no database" * 1000, b"torn"], ids=["long", "short"])
def test_a_file_that_is_no_database_is_named(broken: bytes, tmp_path: Path) -> None:
    path = tmp_path / "dinglin.db"
    path.write_bytes(broken)
    db = Database(f"sqlite:///{path}")
    try:
        with pytest.raises(Mistake) as refused:
            schema.reach(db)
    finally:
        db.close_now()
    assert refused.value.code == "no_database_file"
    assert refused.value.values["path"] == str(path)
