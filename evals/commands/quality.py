"""The command `eval`: how well; a task over a data set, a command a task."""

from pathlib import Path
from typing import Annotated

import typer

from bot.dialogue.hearing import likeness
from evals import hearing, results
from evals.commands.options import ARTICLES, DATA, QUESTIONS, TALK, Check, Corpus, Embedder, Fit, Json, Questions
from evals.commands.showing import finish
from evals.tasks import (
    abstention,
    address,
    answers,
    citation_lookup,
    complaints,
    contradictions,
    emergency,
    ingest,
    law_retrieval,
    routing,
    talk,
    township,
    validity,
)
from evals.tasks import datetime as times
from evals.townsfolk import Half
from township.settings import read_settings

app_eval = typer.Typer(no_args_is_help=True, help="Measure how well: a task over a data set.")

TIMES = DATA / "datetime_zh_dev.jsonl"
ADDRESSES = DATA / "address_zh_dev.jsonl"
OLD_VERSIONS = DATA / "law_versions.jsonl"


@app_eval.command("law-retrieval")
def eval_law_retrieval(
    data: Questions = QUESTIONS,
    corpus: Corpus = ARTICLES,
    fit: Fit = "",
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Find the right article for people's questions, over all statutes."""
    finish(law_retrieval.run(data, corpus, embedder=embedder, fit=Path(fit) if fit else None), json, check=check)


@app_eval.command("citation-lookup")
def eval_citation_lookup(
    data: Questions = QUESTIONS,
    corpus: Corpus = ARTICLES,
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Look articles up by law and number, however they are cited."""
    finish(citation_lookup.run(data, corpus, embedder=embedder), json, check=check)


@app_eval.command("abstention")
def eval_abstention(
    data: Questions = QUESTIONS,
    corpus: Corpus = ARTICLES,
    chat: Annotated[Path, typer.Option("--chat", exists=True, help="JSONL of text and route: talk, no law")] = TALK,
    fit: Fit = "",
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Know when there is nothing: laws against chit-chat, and against their own right laws left out."""
    learn_from = Path(fit) if fit else None
    finish(abstention.run(data, corpus, chat, embedder=embedder, fit=learn_from), json, check=check)


@app_eval.command("validity")
def eval_validity(
    data: Questions = QUESTIONS,
    corpus: Corpus = ARTICLES,
    old: Annotated[Path, typer.Option("--versions", exists=True, help="JSONL of superseded articles")] = OLD_VERSIONS,
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Put superseded versions beside those in force: none may be given as in force, each is found as of its day."""
    finish(validity.run(data, corpus, old, embedder=embedder), json, check=check)


@app_eval.command("ingest")
def eval_ingest(json: Json = "", check: Check = False) -> None:
    """Read the sample documents, and files made in every form, and hold their clauses against a careful reader's."""
    finish(ingest.run(), json, check=check)


@app_eval.command("emergency")
def eval_emergency(
    data: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="JSONL of text, emergency")] = None,
    json: Json = "",
    check: Check = False,
) -> None:
    """Recognise emergencies, and nothing else."""
    hearing.ready(read_settings().home / "models" / likeness.FILE)
    finish(emergency.run(data), json, check=check)


@app_eval.command("talk")
def eval_talk(
    data: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="JSONL of text, means")] = None,
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Understand what villagers mean, of sentences that nothing was learned from."""
    hearing.ready(read_settings().home / "models" / likeness.FILE)
    finish(talk.run(data, embedder=embedder), json, check=check)


@app_eval.command("complaints")
def eval_complaints(
    data: Questions = DATA / "complaints_dev.jsonl",
    fit: Fit = "",
    taxonomy: Annotated[str, typer.Option("--taxonomy", help="JSON of names; empty: the one beside the data")] = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Name the office that a written complaint belongs to: by a taxonomy's names, or learned with --fit."""
    names = Path(taxonomy) if taxonomy else None
    finish(complaints.run(data, Path(fit) if fit else None, names), json, check=check)


@app_eval.command("routing")
def eval_routing(data: Questions = TALK, embedder: Embedder = "", json: Json = "", check: Check = False) -> None:
    """Send sentences of assistants, offices and citizens where they belong; a smoke test with its confusions."""
    hearing.ready(read_settings().home / "models" / likeness.FILE)
    finish(routing.run(data, embedder=embedder), json, check=check)


@app_eval.command("township")
def eval_township(
    data: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="JSONL of other questions")] = None,
    chat: Annotated[str, typer.Option("--chat", help="JSONL of text and route: chit-chat must stay unanswered")] = "",
    corpus: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="JSONL of real statutes")] = None,
    half: Annotated[Half | None, typer.Option(help="only the half that was looked at, or the blind one")] = None,
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Ask the sixty facts five ways, the sample documents in villagers' words, and what nobody can answer."""
    report = township.run(data, embedder=embedder, chat=Path(chat) if chat else None, corpus=corpus, half=half)
    finish(report, json, check=check)


@app_eval.command("datetime")
def eval_datetime(
    data: Annotated[Path, typer.Option("--data", exists=True, dir_okay=False, help="JSONL of texts")] = TIMES,
    json: Json = "",
    check: Check = False,
) -> None:
    """Read days, hours, ranges and lengths, each as of its own day."""
    finish(times.run(data), json, check=check)


@app_eval.command("address")
def eval_address(
    data: Annotated[Path, typer.Option("--data", exists=True, dir_okay=False, help="JSONL of addresses")] = ADDRESSES,
    fit: Annotated[
        str, typer.Option("--fit", help="JSONL to learn bare names from; its own are then out of fold")
    ] = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Take addresses apart, level by level."""
    finish(address.run(data, fit=Path(fit) if fit else None), json, check=check)


@app_eval.command("contradictions")
def eval_contradictions(
    data: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="YAML of documents and planted")
    ] = None,
    json: Json = "",
    check: Check = False,
) -> None:
    """Find the numbers that contradict the samples, and no others."""
    finish(contradictions.run(data), json, check=check)


@app_eval.command("answers")
def eval_answers(
    model: Annotated[str, typer.Option("--model", help="scripted, or https://host/v1#model; empty: quoted")] = "",
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Answer hand-checked questions: cited right, supported, refused where it must be; also in a model's words."""
    key = read_settings().chat_key.get_secret_value()
    finish(answers.run(embedder=embedder, model=model, key=key), json, check=check)


@app_eval.command("results")
def eval_results(
    data: Questions = QUESTIONS,
    corpus: Corpus = ARTICLES,
    chat: Annotated[Path, typer.Option("--chat", exists=True, help="JSONL of text and route")] = TALK,
    old: Annotated[Path, typer.Option("--versions", exists=True, help="JSONL of superseded articles")] = OLD_VERSIONS,
    peers: Annotated[str, typer.Option("--peers", help="Python of a venv with the peers (extra bench)")] = "",
    questions: Annotated[int, typer.Option(min=1, help="asked of ours and of the peers")] = 200,
    out: Annotated[Path, typer.Option(help="the page that is written")] = Path("docs/results.md"),
    check: Check = False,
) -> None:
    """Run every task over statutes again and write the page of results, others' default stacks beside ours."""
    runs = results.remake(out, data=data, corpus=corpus, chat=chat, old=old, peers=peers, questions=questions)
    for report in runs:
        finish(report, "", check=check)
