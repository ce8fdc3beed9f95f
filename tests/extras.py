"""Say before a test run which tests will be skipped on this machine, and how to get what they need."""

import importlib.util
import shutil
import sys
from pathlib import Path

NODE_SDK = Path(__file__).parent / "conformance" / "node" / "node_modules" / "dingtalk-stream"


def missing() -> list[str]:
    """List what is not here, each with the command that brings it."""
    words = []
    if importlib.util.find_spec("sentence_transformers") is None:
        words.append("tests of the extra st: .venv/bin/pip install torch==2.13.0 'sentence-transformers>=5'")
    if importlib.util.find_spec("rapidocr") is None:
        words.append("a test of the extra ocr: .venv/bin/pip install 'rapidocr>=3.10'")
    if not Path("/usr/bin/chromium").exists():
        words.append("browser tests: apt-get install chromium fonts-noto-cjk")
    if not (NODE_SDK.is_dir() and shutil.which("node")):
        words.append("tests of the sandbox with DingTalk's Node SDK: apt-get install nodejs npm")
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        words.append("PostgreSQL tests: apt-get install postgresql")
    return words


if __name__ == "__main__":
    for line in missing():
        sys.stdout.write(f"skipped on this machine - {line}\n")
