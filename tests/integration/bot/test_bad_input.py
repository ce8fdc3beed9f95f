"""Bad input of whoever sets it up: one clear sentence that names the thing and the mend, and exit code 1."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import dinglin as command

ROOT = Path(__file__).parents[3]
BIG = 50 * 1024 * 1024


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def dinglin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on a home of its own, in this process; returns exit code and everything it wrote."""
    for name in [name for name in os.environ if name.startswith("DINGLIN_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, cwd: Path = ROOT, **settings: str) -> tuple[int, str]:
        for name, value in (_home(tmp_path) | settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["dinglin", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), (said.out + said.err).strip()

    return run


@pytest.fixture
def program(tmp_path: Path) -> Run:
    """The same as a process of its own: for what takes ports and signals."""

    def run(*arguments: str, **settings: str) -> tuple[int, str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith("DINGLIN_")}
        started = [sys.executable, "-m", "dinglin", *arguments]
        environment = known | _home(tmp_path) | settings
        ran = subprocess.run(started, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
        return ran.returncode, (ran.stdout + ran.stderr).strip()

    return run


def _home(folder: Path) -> dict[str, str]:
    return {"DINGLIN_HOME": str(folder / "home"), "DINGLIN_EMBEDDER": "none"}


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield int(held.getsockname()[1])


def is_one_sentence(said: str) -> bool:
    return "Traceback" not in said and len(said.splitlines()) == 1 and said.endswith("。")


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("DINGLIN_PORT", "abc", "要写一个整数"),
        ("DINGLIN_PORT", "99999", "数太大了"),
        ("DINGLIN_API_LIMIT", "-1", "数太小了"),
        ("DINGLIN_PROFILE", "village", "只能写 sandbox、group 或 county"),
        ("DINGLIN_API_URL", "api.dingtalk.com", "要以 http:// 或 https:// 开头"),
        ("DINGLIN_TODO_MIRROR", "maybe", "要写 true 或 false"),
        ("DINGLIN_LOG_LEVEL", "LOUD", "只能写 DEBUG"),
        ("DINGLIN_DATABASE_URL", "nonsense", "写 sqlite:///文件 或 postgresql://"),
        ("DINGLIN_DATABASE_URL", "mysql://x/y", "写 sqlite:///文件 或 postgresql://"),
        ("DINGLIN_HOME", "/proc/nowhere", "DINGLIN_HOME 写对没有"),
        ("DINGLIN_DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/x", "看看 PostgreSQL 开了没有"),
    ],
)
def test_a_wrong_setting_is_named_with_its_mend(dinglin: Run, tmp_path: Path, name: str, value: str, mend: str) -> None:
    code, said = dinglin("ingest", str(tmp_path), **{name: value})
    assert code == 1
    assert is_one_sentence(said), said
    assert mend in said
    assert "geheim" not in said
    assert "postgresql://" in value or name in said or value.partition(":")[0] in said


@pytest.mark.parametrize(
    "words", [("skills", "list"), ("migrate",), ("ask", "医保怎么交"), ("register", "sandbox/town.yaml")]
)
def test_a_home_that_cannot_be_made_is_named_by_every_command(dinglin: Run, words: tuple[str, ...]) -> None:
    code, said = dinglin(*words, DINGLIN_HOME="/proc/nowhere")
    assert (code, is_one_sentence(said)) == (1, True), said
    assert "/proc/nowhere" in said


def test_a_setting_that_does_not_exist_is_named(dinglin: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DINGLIN_PROT=9600\n", "utf-8")
    code, said = dinglin("skills", "list", cwd=tmp_path)
    assert (code, is_one_sentence(said)) == (1, True), said
    assert "DINGLIN_PROT " in said
    assert "没有这个设置" in said


def test_a_port_in_use_is_named_by_run_demo_and_sandbox(program: Run, taken_port: int) -> None:
    port, free = str(taken_port), f"http://127.0.0.1:{taken_port}"
    for wanted, settings in (
        (["run"], {"DINGLIN_PORT": port}),
        (["demo"], {"DINGLIN_API_URL": free}),
        (["sandbox", "--port", port], {}),
    ):
        code, said = program(*wanted, **settings)
        assert code == 1, wanted
        assert is_one_sentence(said), said
        assert port in said


def test_an_address_of_another_machine_is_no_port_in_use(program: Run) -> None:
    code, said = program("run", DINGLIN_HOST="192.0.2.1")
    assert (code, is_one_sentence(said)) == (1, True), said
    assert "DINGLIN_HOST" in said


def test_each_unreadable_file_is_named_and_the_others_are_taken(dinglin: Run, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "good.txt").write_text("示例镇关于停水的通知\n第一条 明天八点到十点停水。\n", "utf-8")
    (folder / "empty.txt").touch()
    (folder / "empty.pdf").touch()
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 no")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04no")
    (folder / "odd.xyz").write_bytes(b"?")
    with (folder / "big.pdf").open("wb") as big:
        big.truncate(BIG)
    assert dinglin("migrate", "--quiet")[0] == 0
    assert dinglin("ingest", "--samples")[0] == 0
    code, said = dinglin("ingest", str(folder), "--json", str(tmp_path / "out.json"))
    figures = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert code == 1, said
    assert figures["taken"] == ["good.txt"]
    assert set(figures["refused"]) == {"empty.txt", "empty.pdf", "broken.pdf", "broken.docx", "odd.xyz", "big.pdf"}
    assert all(name in words for name, words in figures["refused"].items())
    assert "50" in figures["refused"]["big.pdf"]
    # One file by its own name is the same as within its folder.
    code, said = dinglin("ingest", str(folder / "good.txt"))
    assert (code, "没变的 1" in said) == (0, True), said
    code, said = dinglin("ingest", str(folder / "big.pdf"))
    assert (code, "最大只收 20 MB" in said) == (1, True), said
    (tmp_path / "nothing").mkdir()
    code, said = dinglin("ingest", str(tmp_path / "nothing"))
    assert (code, "没有能收的文件" in said) == (1, True), said


@pytest.mark.parametrize(("content", "mend"), [(b"", "没有字"), (b"\xff\xfe\x00", "不是 UTF-8"), (b"x\n", "第 1 行")])
def test_a_broken_file_of_statutes_is_named(dinglin: Run, tmp_path: Path, content: bytes, mend: str) -> None:
    path = tmp_path / "laws.jsonl"
    path.write_bytes(content)
    assert dinglin("migrate", "--quiet")[0] == 0
    code, said = dinglin("ingest", str(path))
    assert (code, is_one_sentence(said)) == (1, True), said
    assert "laws.jsonl" in said
    assert mend in said


def test_a_broken_skill_is_told_with_its_line_and_the_others_are_checked(dinglin: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "skill.yaml").write_text("name: [x\n", "utf-8")
    code, said = dinglin("skills", "check", str(bad), str(ROOT / "skills" / "emergency"))
    assert code == 1
    assert "bad/skill.yaml:" in said
    assert "Traceback" not in said
    assert "急事" in said or "emergency" in said
