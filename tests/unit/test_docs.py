"""The words of the house keep to the code: links lead somewhere, settings and commands are those that there are."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import typer

from dinglin import app
from township.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?<!-u )\bdinglin ([a-z]+)((?: [^`\n|]*)?)")
FOLDERS = ("township", "knowledge", "workflows", "skills", "bot", "evals", "sandbox", "tests", "docs")
PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./{{}},*-]*)`")
PAGES = sorted(
    page for pattern in ("*.md", "docs/**/*.md", "skills/*.md", "knowledge/**/README.md") for page in ROOT.glob(pattern)
)


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text("utf-8")) if not urlsplit(target).scheme]
    lost = [target for target in targets if not (page.parent / unquote(target.partition("#")[0])).exists()]
    assert not lost, f"{named(page)} points to nothing: {lost}"


def test_the_map_names_every_page() -> None:
    start = ROOT / "docs" / "README.md"
    shown = {(start.parent / unquote(target)).resolve() for target in LINK.findall(start.read_text("utf-8"))}
    pages = {page for page in PAGES if page.parent.name != "decisions" and "docs" in page.parts} - {start}
    assert pages <= shown, f"not on the map: {sorted(named(page) for page in pages - shown)}"


def expected_variables() -> set[str]:
    return {f"DINGLIN_{name.upper()}" for name in Settings.model_fields}


def test_the_example_of_the_environment_names_every_setting_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    found = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(found) == sorted(expected_variables())


def test_the_example_of_the_environment_shows_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in expected_variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    without = read_settings()
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    assert read_settings() == without


def test_the_page_of_settings_has_a_row_for_each_and_no_other() -> None:
    rows = re.findall(r"^\| `(DINGLIN_\w+)`", (ROOT / "docs/reference/settings.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(expected_variables())


def test_no_page_names_a_setting_that_is_not_there() -> None:
    named_there = {name for page in PAGES for name in re.findall(r"\bDINGLIN_[A-Z_]*[A-Z]\b", page.read_text("utf-8"))}
    assert named_there <= expected_variables()


def test_what_is_cited_can_be_opened() -> None:
    laws = {
        section.partition("\n")[0]: re.findall(r"^(\d)\. ", section, re.MULTILINE)
        for section in (ROOT / "docs/laws.md").read_text("utf-8").split("## Laws of ")[1:]
    }
    assert {name: len(numbers) for name, numbers in laws.items()} == {"talk": 7, "the house": 7}
    wrong = []
    for path in (path for kind in ("py", "yaml", "md", "html") for path in _ours(kind)):
        text = path.read_text("utf-8")
        wrong += [f"{named(path)}: {one}" for one in re.findall(r"\b(?:[a-z]+\.md|design) §[\d.]+", text)]
        cited = re.findall(r"law of (talk|the house) (\d)", text)
        wrong += [f"{named(path)}: law of {of} {n}" for of, n in cited if n not in laws[of]]
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_path_that_is_named_is_there(page: Path) -> None:
    written = [one for span in PATH.findall(page.read_text("utf-8")) for one in _spelled_out(span)]
    assert [one for one in written if not any(ROOT.glob(one.rstrip("/")))] == []


def _spelled_out(path: str) -> list[str]:
    """Write `a/{b,c}.py` as two paths."""
    several = re.search(r"\{([^{}]*)\}", path)
    if several is None:
        return [path]
    ways = [path[: several.start()] + one + path[several.end() :] for one in several[1].split(",")]
    return [one for way in ways for one in _spelled_out(way)]


def _ours(kind: str) -> Iterator[Path]:
    return (path for folder in FOLDERS for path in (ROOT / folder).rglob(f"*.{kind}"))


def test_the_glossary_lists_no_term_twice() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE
    )
    terms = Counter(row.strip() for row in rows if row.strip() not in {"English", "---"})
    assert len(terms) > 50
    assert not [term for term, count in terms.items() if count > 1]


def commands() -> Iterator[str]:
    """Every command and subcommand, as one types it."""
    top = typer.main.get_group(app)
    for name in top.list_commands(typer.Context(top)):
        yield name
        command = top.get_command(typer.Context(top), name)
        yield from (f"{name} {below}" for below in getattr(command, "commands", {}))


def test_every_command_in_the_docs_exists() -> None:
    there = set(commands())
    groups = {command.partition(" ")[0] for command in there if " " in command}
    wrong = []
    for page in PAGES:
        for first, rest in COMMAND.findall("\n".join(code_of(page.read_text("utf-8")))):
            below = rest.split()[:1]
            typed = f"{first} {below[0]}" if first in groups and below else first
            if typed not in there:
                wrong.append(f"{named(page)}: dinglin {typed}")
    assert not wrong


def code_of(text: str) -> list[str]:
    """What stands in a page as code: between backticks, and indented or fenced."""
    fenced = re.findall(r"```.*?```", text, re.DOTALL)
    return [*fenced, *re.findall(r"`([^`\n]+)`", text), *re.findall(r"^    .*$", text, re.MULTILINE)]


def test_the_page_of_commands_has_a_row_for_each() -> None:
    text = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    ends = {command for command in commands() if not any(other.startswith(f"{command} ") for other in commands())}
    assert not [command for command in sorted(ends) if f"`dinglin {command}" not in text]


def test_the_service_starts_a_command_that_exists() -> None:
    unit = (ROOT / "deploy/dinglin.service").read_text("utf-8")
    started = re.findall(r"^Exec\w+=\S+/dinglin (\w+)", unit, re.MULTILINE)
    assert started
    assert set(started) <= set(commands())
