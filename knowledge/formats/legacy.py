"""Files of old office programs (DOC, XLS, PPT, RTF): made new by LibreOffice where it is installed, else refused."""

import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from knowledge.formats.kinds import Kind
from township.errors import Mistake

SECONDS = 60
PROGRAMS = ("soffice", "libreoffice")
#: What each becomes.
NEW = {Kind.DOC: Kind.DOCX, Kind.RTF: Kind.DOCX, Kind.XLS: Kind.XLSX, Kind.PPT: Kind.PPTX}
_MEMORY = 4 * 2**30


def renewed(data: bytes, name: str, kind: Kind, *, seconds: float = SECONDS) -> bytes:
    """Give the same document in the new format; without LibreOffice the `Mistake` says what to save it as."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    new = NEW[kind].lower()
    if program is None:
        raise Mistake("file_old_format", file=name, named=kind.value, wanted=f".{new}")
    with TemporaryDirectory(prefix="dinglin-office-") as home:
        old = Path(home) / f"old.{kind.lower()}"
        old.write_bytes(data)
        profile = f"-env:UserInstallation={(Path(home) / 'profile').as_uri()}"
        order = [program, profile, "--headless", "--norestore", "--convert-to", new, "--outdir", home, str(old)]
        _run(order, name, home, seconds)
        made = old.with_suffix(f".{new}")
        if not made.is_file():
            raise Mistake("file_unreadable", file=name)
        return made.read_bytes()


def _run(order: list[str], name: str, home: str, seconds: float) -> None:
    """Run it in a session of its own, with a home of its own, so that all of it can be ended."""
    surroundings = {"PATH": os.environ.get("PATH", os.defpath), "HOME": home, "LANG": "C.UTF-8"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        order, stdin=quiet, stdout=quiet, stderr=quiet, env=surroundings, start_new_session=True, preexec_fn=_more_room
    ) as running:
        try:
            running.wait(seconds)
        except subprocess.TimeoutExpired as late:
            raise Mistake("file_too_hard", file=name, seconds=round(seconds)) from late
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)


def _more_room() -> None:
    """Give an office program more room than its parent, whose limit it would inherit."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
