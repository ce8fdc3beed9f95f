"""What playing the services of a folder needs: they are read once, and each rehearsal is a case of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from skills import registry, scenarios
from skills.registry import Loaded, Skill


def loaded_of(root: Path) -> dict[str, Loaded]:
    """Read the services of a folder, by their names."""
    return {one.id: one for one in registry.load_all(root)}


def skill_in(loaded: Mapping[str, Loaded], name: str) -> Skill:
    """Give a service that must be whole."""
    found = loaded[name].skill
    assert found, [str(one) for one in loaded[name].problems]
    return found


def rehearsals_of(loaded: Mapping[str, Loaded]) -> list[Any]:
    """List name and rehearsal of everything that can be played."""
    return [
        pytest.param(name, played, id=f"{name}-{played.file}")
        for name, one in loaded.items()
        for played in scenarios.of(name, one.skill.files if one.skill else {})
    ]
