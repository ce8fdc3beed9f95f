"""A PostgreSQL server from Debian's binaries, in a folder of its own, for benches and tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evals.bench.children import free_port

DEBIAN = Path("/usr/lib/postgresql")
OPTIONS = {"listen_addresses": "127.0.0.1", "fsync": "off", "full_page_writes": "off", "max_connections": "200"}
"""A power cut of the machine is not rehearsed: the disk of a bench may be slow and shared."""


def binaries() -> Path | None:
    """Find the newest installed server; None: `apt-get install postgresql`."""
    found = sorted(DEBIAN.glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def server(found: Path, **options: str) -> Iterator[str]:
    """Run a server; yields the address of its first database. It refuses to be root, so it is its own user there."""
    home = Path(tempfile.mkdtemp(prefix="dinglin-pg-"))
    user, prefix = _user()
    if prefix:
        shutil.chown(home, user, user)
    port, data = free_port(), home / "data"
    making = ["-D", str(data), "-U", "dinglin", "-A", "trust", "-E", "UTF8", "--locale=C"]
    _run([*prefix, str(found / "initdb"), *making], home)
    control = [*prefix, str(found / "pg_ctl"), "-D", str(data), "-w", "-l", str(home / "log")]
    settings = " ".join(f"-c {name}={value}" for name, value in {**OPTIONS, **options}.items())
    _run([*control, "-o", f"-p {port} -k {home} {settings}", "start"], home)
    try:
        yield f"postgresql://dinglin@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd=home)
        shutil.rmtree(home, ignore_errors=True)


def _user() -> tuple[str, list[str]]:
    if os.geteuid() == 0:
        return "postgres", ["runuser", "-u", "postgres", "--"]
    return pwd.getpwuid(os.geteuid()).pw_name, []


def _run(arguments: Sequence[str], folder: Path) -> None:
    subprocess.run(arguments, check=True, capture_output=True, cwd=folder)
