"""The cells of a row as they are kept: under the names of the sheet in which they came; each village has its own."""

import json
from collections import defaultdict, deque
from collections.abc import Sequence

from workflows.rosters.reading import plain

Names = Sequence[str]


def kept(columns: Names, cells: Sequence[str]) -> str:
    """Write down the cells of a row with the names above them."""
    return json.dumps({"head": list(columns), "cells": list(cells)}, ensure_ascii=False)


def read(text: str, columns: Names) -> tuple[Names, Sequence[str]]:
    """Read names and cells; `columns`: the names above cells that were kept without."""
    found = json.loads(text)
    return (found["head"], found["cells"]) if isinstance(found, dict) else (columns, found)


def under(text: str, columns: Names) -> list[str]:
    """Lay the cells of a row out under the names of another sheet; what has no column there is left out."""
    names, cells = read(text, columns)
    by_name: dict[str, deque[str]] = defaultdict(deque)
    for name, cell in zip(names, cells, strict=False):
        by_name[plain(name)].append(cell)
    return [by_name[plain(name)].popleft() if by_name[plain(name)] else "" for name in columns]
