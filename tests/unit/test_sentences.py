"""Every sentence is said by somebody: one that nobody says any more is read by the next clerk who looks for what is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PACKAGES = ("township", "knowledge", "workflows", "skills", "bot")
TEXTS = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.yaml")
    if path.name.endswith("texts.yaml") and not (path.parent / "skill.yaml").exists() and "_template" not in path.parts
)
BY_THE_READER = re.compile(r"\w+_(?:type|parsing|error|equal|too_short|too_long)(?:_in_book)?|doctor_\w+")
"""Named by what reads YAML, or by how a check went: no code holds these names."""


def said_in(path: Path) -> Iterator[str]:
    """Patterns of the names that a module or template says, whole or put together."""
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        yield from re.findall(r"[\"']([a-z_0-9]+)[\"']", text)
        yield from (f"{begins}.+" for begins in re.findall(r"[\"']([a-z_0-9]+_)[\"'] ?[~+]", text))
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            yield re.escape(node.left.value) + ".+"
        elif isinstance(node, ast.JoinedStr):
            yield "".join(map(_part, node.values))


def _part(node: ast.expr) -> str:
    """A piece of a name that is put together: as it stands, one of the words it may be, or anything."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    value = node.value if isinstance(node, ast.FormattedValue) else node
    found = (value.body, value.orelse) if isinstance(value, ast.IfExp) else ()
    words = [re.escape(str(one.value)) for one in found if isinstance(one, ast.Constant)]
    return f"(?:{'|'.join(words)})" if words else ".+"


@pytest.fixture(scope="module")
def said() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """All names that are said, and the patterns of those that are put together."""
    paths = [path for package in PACKAGES for kind in ("*.py", "*.html") for path in (ROOT / package).rglob(kind)]
    paths.append(ROOT / "dinglin.py")
    found = {one for path in paths for one in said_in(path)}
    patterns = [one for one in found if (".+" in one or "(?:" in one) and re.search(r"[a-z]{2}", one.replace(".+", ""))]
    return frozenset(found), tuple(re.compile(one) for one in sorted(patterns))


def values_of(path: Path) -> str:
    """The other YAML of the package, where sentences are named as well."""
    package = ROOT / path.relative_to(ROOT).parts[0]
    return "\n".join(one.read_text("utf-8") for one in package.rglob("*.yaml") if one != path)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_sentence_is_said(path: Path, said: tuple[frozenset[str], tuple[re.Pattern[str], ...]]) -> None:
    names, patterns = said
    others = set(re.findall(r"[a-z_0-9]+", values_of(path)))
    held = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    unsaid = [
        name
        for name in held
        if name not in names | others
        and not BY_THE_READER.fullmatch(name)
        and not any(one.fullmatch(name) for one in patterns)
    ]
    assert unsaid == []
