"""The laws of the house, read from the imports: arrows, homes of heavy packages, sizes, and where Chinese may stand."""

import ast
import re
import statistics
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("township", "knowledge", "workflows", "skills", "bot", "evals", "sandbox")

#: Which of our packages each may import.
MAY_IMPORT = {
    "township": set(),
    "knowledge": {"township"},
    "workflows": {"township"},
    "skills": {"township", "knowledge", "workflows"},
    "bot": {"township", "knowledge", "workflows", "skills"},
    "evals": {"township", "knowledge", "workflows", "skills", "bot"},
    "sandbox": set(),
}

#: The layers of bot, lowest first: a module may import its own layer's own part, and lower layers.
BOT_LAYERS = (
    {"messages", "models", "purse", "quiet", "wording", "changes", "hearers", "blanks", "spending", "usage"},
    {"dialogue", "dingtalk", "web"},
    {"leaflets"},
    {"outgoing"},
    {"incoming"},
    {"chores", "persons"},
    {"app", "demonstration", "logins", "paperwork", "presence", "reading", "registration", "serving"},
    {"commands"},
)

#: The layers of bot/dialogue, lowest first, by folder or module: folders of one layer do not know each other.
DIALOGUE_LAYERS = (
    {"hearing"},
    {"meaning"},
    {"addresses", "asked", "conversations", "media", "parts", "situation"},
    {"cases"},
    {"answers", "seals", "upkeep", "village"},
    {"offices"},
    {"carrying", "gathering", "pondering", "precedence", "rehearsing", "replying", "small", "turn"},
)

#: Where a heavy package may be imported.
HOMES = {
    "dingtalk_stream": ("bot/dingtalk/",),
    "fastapi": ("bot/", "sandbox/"),
    "chromadb": ("knowledge/index.py",),
    "sentence_transformers": ("knowledge/embeddings.py",),
    "onnxruntime": ("knowledge/",),
    "tokenizers": ("knowledge/",),
    "langchain": ("knowledge/", "township/llm.py"),
    "langchain_core": ("knowledge/", "township/llm.py"),
    "langchain_chroma": ("knowledge/index.py",),
    "PIL": ("workflows/circle/photos.py", "knowledge/formats/scans.py"),
    "pypdfium2": ("knowledge/formats/", "evals/"),
    "pptx": ("knowledge/formats/slides.py", "evals/"),
    "rapidocr": ("knowledge/formats/scans.py",),
    "sqlalchemy": ("township/", "knowledge/", "workflows/", "bot/"),
    "typst": ("workflows/seals/paper/typesetting.py", "evals/printing.py"),
    "psycopg": ("township/",),
    "procrastinate": ("township/",),
    "segno": ("workflows/seals/paper/typesetting.py",),
    "pyhanko": ("workflows/seals/paper/signing.py", "workflows/seals/paper/checking.py"),
}

#: The rules: no database, clock, network or log (law of the house 6).
PURE = (
    "workflows/engine.py",
    "workflows/flow/succession.py",
    "workflows/forms.py",
    *sorted(
        f"{folder}/{path.name}"
        for folder in ("workflows/fields", "workflows/moments")
        for path in (ROOT / folder).glob("*.py")
    ),
    "workflows/expressions.py",
    "workflows/definition.py",
    "workflows/notation.py",
    "workflows/clocks/deadlines.py",
    "workflows/orders/columns.py",
    "workflows/orders/reading.py",
    "workflows/orders/style.py",
    "workflows/public/open311.py",
    "knowledge/splitters.py",
    "knowledge/structure/drafts.py",
    "knowledge/formats/kinds.py",
    "knowledge/formats/pages.py",
    "knowledge/search/levels.py",
    "knowledge/validity/differences.py",
    "bot/purse.py",
    "bot/quiet.py",
    "bot/messages.py",
    "bot/dingtalk/wire.py",
    "bot/dingtalk/bodies.py",
    "bot/dialogue/hearing/emergency.py",
)
IMPURE_IMPORTS = {"sqlalchemy", "httpx", "logging", "asyncio", "township.db", "socket", "requests"}


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imports_of(path: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def test_packages_stand_in_a_line() -> None:
    wrong = [
        f"{name_of(path)} imports {imported}"
        for path in modules()
        for imported in imports_of(path)
        if (target := imported.split(".")[0]) in PACKAGES
        and target != path.relative_to(ROOT).parts[0]
        and target not in MAY_IMPORT[path.relative_to(ROOT).parts[0]]
    ]
    assert wrong == []


def _layer(part: str, layers: Sequence[set[str]] = BOT_LAYERS) -> int:
    for level, parts in enumerate(layers):
        if part in parts:
            return level
    raise AssertionError(f"{part} stands in no layer of bot: add it to BOT_LAYERS or DIALOGUE_LAYERS")


def test_parts_of_bot_stand_in_layers() -> None:
    wrong = []
    for path in (path for path in modules() if path.is_relative_to(ROOT / "bot")):
        part = path.relative_to(ROOT / "bot").parts[0].removesuffix(".py")
        if part == "__init__":
            continue
        for imported in imports_of(path):
            pieces = imported.split(".")
            if pieces[0] != "bot" or len(pieces) < 2 or pieces[1] == part:
                continue
            above = _layer(pieces[1]) > _layer(part)
            beside = _layer(pieces[1]) == _layer(part) == 1
            if above or beside:
                wrong.append(f"{name_of(path)} imports {imported}")
    assert wrong == []


def test_parts_of_the_dialogue_stand_in_layers() -> None:
    home, wrong = ROOT / "bot" / "dialogue", []
    for path in (path for path in modules() if path.is_relative_to(home) and path != home / "__init__.py"):
        part = path.relative_to(home).parts[0].removesuffix(".py")
        for imported in (one.split(".") for one in imports_of(path) if one.startswith("bot.dialogue.")):
            above = _layer(imported[2], DIALOGUE_LAYERS) > _layer(part, DIALOGUE_LAYERS)
            beside = _layer(imported[2], DIALOGUE_LAYERS) == _layer(part, DIALOGUE_LAYERS)
            if above or (beside and imported[2] != part and (home / part).is_dir()):
                wrong.append(f"{name_of(path)} imports {'.'.join(imported)}")
    assert wrong == []


@pytest.mark.parametrize("package", sorted(HOMES))
def test_a_heavy_package_has_one_home(package: str) -> None:
    strays = [
        name_of(path)
        for path in modules()
        if any(imported.split(".")[0] == package for imported in imports_of(path))
        and not name_of(path).startswith(HOMES[package])
    ]
    assert strays == []


def test_the_rules_are_pure() -> None:
    wrong = [
        f"{name} imports {imported}"
        for name in PURE
        if (ROOT / name).exists()
        for imported in imports_of(ROOT / name)
        if imported in IMPURE_IMPORTS or imported.split(".")[0] in IMPURE_IMPORTS
    ]
    assert wrong == []


def test_modules_are_read_in_one_breath() -> None:
    sizes = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in modules() if path.stat().st_size}
    assert statistics.median(sizes.values()) <= 150
    assert {name: size for name, size in sizes.items() if size > 500} == {}


def test_functions_are_short() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert sum(length <= 30 for length in lengths) / len(lengths) >= 0.9


def test_modules_are_named_after_nouns() -> None:
    vague = {"utils", "helpers", "common", "manager", "base", "misc", "util", "helper", "core"}
    assert [name_of(path) for path in modules() if path.stem in vague] == []


def test_every_module_says_what_lives_in_it() -> None:
    assert [name_of(path) for path in modules() if path.stat().st_size and not ast.get_docstring(tree_of(path))] == []


def test_chinese_for_people_stands_outside_the_code() -> None:
    sentence = re.compile(r"[\u4e00-\u9fff]{4,}")
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and sentence.search(node.value)
        if not _is_docstring(tree_of(path), node)
    ]
    assert wrong == []


def _is_docstring(tree: ast.Module, constant: ast.Constant) -> bool:
    """Docstrings may quote a source by its Chinese name."""
    return any(
        isinstance(body := getattr(node, "body", None), list)
        and any(isinstance(statement, ast.Expr) and statement.value is constant for statement in body)
        for node in ast.walk(tree)
    )
