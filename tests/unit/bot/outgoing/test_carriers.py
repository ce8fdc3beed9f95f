"""Every kind of effect has somebody who carries it."""

from pathlib import Path
from typing import Any, get_args

from bot.outgoing.carriers import carriers
from bot.outgoing.means import Means
from township.effects import Effect
from township.filestore import FileStore


def test_each_kind_of_effect_is_carried(tmp_path: Path) -> None:
    nothing: Any = None
    means = Means(nothing, nothing, nothing, {}, nothing)
    table = carriers(means, FileStore(tmp_path), nothing, template="")
    assert set(table) == set(get_args(Effect))
