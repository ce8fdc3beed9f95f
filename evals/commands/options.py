"""What the commands of this package share: where public data lies, and the options that several of them take."""

from pathlib import Path
from typing import Annotated

import typer

DATA = Path("../shared/data")
TALK = DATA / "routing_zh_dev.jsonl"
QUESTIONS = DATA / "law_queries_dev.jsonl"
ARTICLES = DATA / "law_corpus.jsonl"
Questions = Annotated[Path, typer.Option("--data", exists=True, dir_okay=False, help="JSONL of questions")]
Corpus = Annotated[Path, typer.Option("--corpus", exists=True, dir_okay=False, help="JSONL of articles")]
Fit = Annotated[str, typer.Option("--fit", help="JSONL of questions to learn from; its own are then out of fold")]
Embedder = Annotated[str, typer.Option("--embedder", help="as the setting DINGLIN_EMBEDDER; empty: that setting")]
Json = Annotated[str, typer.Option("--json", help="write the report to this file, - is standard output")]
Check = Annotated[bool, typer.Option("--check", help="end with 1 when a figure is below evals/thresholds.yaml")]
