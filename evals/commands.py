"""The commands `eval` and `bench`: run a task, show its report, write it as JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.dialogue import likeness
from evals import hearing, results
from evals.bench import approvals, ask, deadlines, files, grown, kills, messages, month, several, start, sweep, turns
from evals.bench import cases as opening
from evals.bench import corpus as taking_in
from evals.bench.soak import play as soak
from evals.harness import Report, below_thresholds
from evals.statutes import CONSOLE
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
app_bench = typer.Typer(no_args_is_help=True, help="Measure how fast.")

DATA = Path("../shared/data")
TALK = DATA / "routing_zh_dev.jsonl"
TIMES = DATA / "datetime_zh_dev.jsonl"
ADDRESSES = DATA / "address_zh_dev.jsonl"
OLD_VERSIONS = DATA / "law_versions.jsonl"
ECHO = Path("../shared/reference/samples/echo_bot.py")
MOST_COLUMNS = 10
Questions = Annotated[Path, typer.Option("--data", exists=True, dir_okay=False, help="JSONL of questions")]
Corpus = Annotated[Path, typer.Option("--corpus", exists=True, dir_okay=False, help="JSONL of articles")]
Fit = Annotated[str, typer.Option("--fit", help="JSONL of questions to learn from; its own are then out of fold")]
Embedder = Annotated[str, typer.Option("--embedder", help="as the setting DINGLIN_EMBEDDER; empty: that setting")]
Json = Annotated[str, typer.Option("--json", help="write the report to this file, - is standard output")]
Peers = Annotated[str, typer.Option("--peers", help="Python of a venv with the peers (extra bench); empty: this one")]
Check = Annotated[bool, typer.Option("--check", help="end with 1 when a figure is below evals/thresholds.yaml")]


@app_bench.callback()
def _bench() -> None:
    """Keep the name of the bench a word of the command while there is only one."""


@app_eval.command("law-retrieval")
def eval_law_retrieval(
    data: Questions = DATA / "law_queries_dev.jsonl",
    corpus: Corpus = DATA / "law_corpus.jsonl",
    fit: Fit = "",
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Find the right article for people's questions, over all statutes."""
    finish(law_retrieval.run(data, corpus, embedder=embedder, fit=Path(fit) if fit else None), json, check=check)


@app_eval.command("citation-lookup")
def eval_citation_lookup(
    data: Questions = DATA / "law_queries_dev.jsonl",
    corpus: Corpus = DATA / "law_corpus.jsonl",
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Look articles up by law and number, however they are cited."""
    finish(citation_lookup.run(data, corpus, embedder=embedder), json, check=check)


@app_eval.command("abstention")
def eval_abstention(
    data: Questions = DATA / "law_queries_dev.jsonl",
    corpus: Corpus = DATA / "law_corpus.jsonl",
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
    data: Questions = DATA / "law_queries_dev.jsonl",
    corpus: Corpus = DATA / "law_corpus.jsonl",
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


@app_bench.command("files")
def bench_files(json: Json = "", check: Check = False) -> None:
    """Time a PDF of 200 pages against the bare library, and ten scanned pages where the extra ocr is installed."""
    finish(files.run(), json, check=check)


@app_eval.command("results")
def eval_results(
    data: Questions = DATA / "law_queries_dev.jsonl",
    corpus: Corpus = DATA / "law_corpus.jsonl",
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


@app_bench.command("ask")
def bench_ask(
    data: Questions = DATA / "law_queries_dev.jsonl",
    corpus: Corpus = DATA / "law_corpus.jsonl",
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Time 400 questions over all statutes, alone and four at once, and weigh the process."""
    finish(ask.run(data, corpus, embedder=embedder), json, check=check)


@app_bench.command("corpus")
def bench_corpus(
    data: Questions = DATA / "law_queries_dev.jsonl",
    corpus: Corpus = DATA / "law_corpus.jsonl",
    sample: Annotated[int, typer.Option(min=4, help="articles that are embedded to measure the rate")] = 600,
    questions: Annotated[int, typer.Option(min=1, help="of the data, asked in each part")] = 200,
    clauses: Annotated[int, typer.Option(min=0, help="instead: the corpus repeated until there are so many")] = 0,
    json: Json = "",
    check: Check = False,
) -> None:
    """Take all statutes in while people ask: when words answer, how fast vectors follow, what is held and found."""
    settings = read_settings()
    if clauses:
        report = grown.run(settings, data, corpus, number=clauses, questions=questions)
    else:
        report = taking_in.run(settings, data, corpus, sample=sample, questions=questions)
    finish(report, json, check=check)


@app_bench.command("messages")
def bench_messages(
    echo: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="the echo bot to be held against")] = ECHO,
    people: Annotated[int, typer.Option(help="villagers at once")] = 100,
    rounds: Annotated[int, typer.Option(help="turns of each bot")] = 6,
    each: Annotated[int, typer.Option(help="messages of a villager in a round")] = 10,
    json: Json = "",
    check: Check = False,
) -> None:
    """Let a hundred villagers speak at once, held against a bot that only echoes; tap meanwhile."""
    finish(messages.run(echo, read_settings(), people=people, rounds=rounds, each=each), json, check=check)


@app_bench.command("kills")
def bench_kills(
    count: Annotated[int, typer.Option("--messages", help="reports to make")] = 1000,
    random_kills: Annotated[int, typer.Option(help="kills at random, beside those at named points")] = 10,
    seed: int = 7,
    json: Json = "",
    check: Check = False,
) -> None:
    """Kill the app again and again while people speak: nothing may be lost or done twice."""
    report = kills.run(read_settings(), messages=count, random_kills=random_kills, seed=seed)
    finish(report, json, check=check)


@app_bench.command("month")
def bench_month(
    share: Annotated[float, typer.Option(min=0.02, max=1.0, help="how much of the month is played")] = 0.1,
    json: Json = "",
    check: Check = False,
) -> None:
    """Play a quiet and an ordinary month and read what they drew from both quota pools."""
    finish(month.run(read_settings(), share=share), json, check=check)


@app_bench.command("soak")
def bench_soak(
    minutes: Annotated[float, typer.Option(min=1, help="how long people speak")] = 15,
    engine: Annotated[soak.Engine, typer.Option(help="where the rows stand")] = soak.Engine.sqlite,
    processes: Annotated[int, typer.Option(min=1, help="of the app; more than one on postgres only")] = 1,
    kills_: Annotated[int, typer.Option("--kills", min=0, help="at random moments of the first half")] = 10,
    rate: Annotated[float, typer.Option(min=0.1, help="messages a second")] = 20,
    people: Annotated[int, typer.Option(min=1, help="villagers beside those of the sandbox")] = 400,
    database: Annotated[str, typer.Option(help="an empty PostgreSQL database; else a server is started")] = "",
    seed: int = 7,
    json: Json = "",
    check: Check = False,
) -> None:
    """Let a crowd speak under every fault and kills: nothing lost, nothing doubled, memory flat, taps at once."""
    plan = soak.Plan(minutes, engine, processes, kills_, rate, people, seed, database)
    report = soak.run(read_settings(), plan)
    CONSOLE.print(*_tables(Report("weather", report.items, {}, report.settings["weather"])))
    finish(report, json, check=check)


@app_bench.command("processes")
def bench_processes(
    people: Annotated[int, typer.Option(help="villagers at once")] = 60,
    each: Annotated[int, typer.Option(help="messages of a villager in a round")] = 4,
    json: Json = "",
    check: Check = False,
) -> None:
    """Let one, two and four processes on one PostgreSQL answer a crowd: what a second brings, and what it costs."""
    finish(several.run(read_settings(), people=people, each=each), json, check=check)


@app_bench.command("cases")
def bench_cases(
    rounds: Annotated[int, typer.Option(min=2, help="turns of each rival")] = 8,
    seconds: Annotated[float, typer.Option(min=0.1, help="of a turn")] = 0.7,
    peers: Peers = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Open cases in turns with raw SQL and django-helpdesk, one commit each; then sixteen callers at once."""
    _say_absent("helpdesk", "sqlite_vs_helpdesk", peers)
    finish(opening.run(rounds=rounds, seconds=seconds, peers=peers), json, check=check)


@app_bench.command("sweep")
def bench_sweep(
    number: Annotated[int, typer.Option("--cases", min=40, help="open ones")] = 1_000_000,
    due: Annotated[int, typer.Option(min=40, help="late steps that are due at once")] = 10_000,
    json: Json = "",
    check: Check = False,
) -> None:
    """Sweep and list among a million open cases, and fire ten thousand late steps while people tap, on both engines."""
    finish(sweep.run(number=number, due=due), json, check=check)


@app_bench.command("approvals")
def bench_approvals(
    rounds: Annotated[int, typer.Option(min=2, help="turns of each rival")] = 8,
    seconds: Annotated[float, typer.Option(min=0.1, help="of a turn")] = 0.7,
    peers: Peers = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Take three approvals through on SQLite, in turns with SpiffWorkflow, in processor time."""
    _say_absent("SpiffWorkflow", "vs_spiff", peers)
    finish(approvals.run(rounds=rounds, seconds=seconds, peers=peers), json, check=check)


@app_bench.command("deadlines")
def bench_deadlines(
    rounds: Annotated[int, typer.Option(min=2, help="turns of each rival")] = 8,
    peers: Peers = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Find deadlines in working time, in turns with businesstimedelta."""
    _say_absent("businesstimedelta", "vs_businesstimedelta", peers)
    finish(deadlines.run(rounds=rounds, peers=peers), json, check=check)


def _say_absent(package: str, figure: str, peers: str) -> None:
    if not turns.python_with(package, peers):
        CONSOLE.print(f"{package} is not installed, so {figure} is left out: pip install 'dinglin[bench]', or --peers.")


@app_bench.command("start")
def bench_start(
    idle: Annotated[float, typer.Option(min=0, help="seconds before an idle process is weighed")] = 60,
    json: Json = "",
    check: Check = False,
) -> None:
    """Time a start to its first answer with a source, and weigh the process when it is idle."""
    finish(start.run(read_settings(), idle=idle), json, check=check)


def finish(report: Report, json: str, *, check: bool) -> None:
    """Show a report to people and write it; say what is below its thresholds, and with `check` end with 1."""
    CONSOLE.print(*_tables(report))
    if json == "-":
        typer.echo(report.to_json())
    elif json:
        Path(json).write_text(report.to_json() + "\n", "utf-8")
    if worse := below_thresholds(report):
        CONSOLE.print(f"below evals/thresholds.yaml: {', '.join(worse)}")
        if check:
            raise typer.Exit(1)


def _tables(report: Report) -> list[Table]:
    """Show all figures beside their groups; where there are many of both, first the figures and then the groups."""
    of_groups = list(dict.fromkeys(name for row in report.by.values() for name in row))
    names = list(dict.fromkeys([*report.metrics, *of_groups]))
    title = f"{report.task}, {report.items} items"
    if len(names) <= MOST_COLUMNS:
        return [_wide(title, names, {"all": report.metrics, **report.by})]
    if len(report.by) <= MOST_COLUMNS:
        return [_upright(title, names, {"all": report.metrics, **report.by})]
    return [_upright(title, list(report.metrics), {"all": report.metrics}), _wide("", of_groups, report.by)]


def _wide(title: str, names: Sequence[str], rows: Mapping[str, Mapping[str, float]]) -> Table:
    """A line a group."""
    table = Table("", *names, title=title or None)
    for group, row in rows.items():
        table.add_row(group, *(f"{row.get(name, '')}" for name in names))
    return table


def _upright(title: str, names: Sequence[str], rows: Mapping[str, Mapping[str, float]]) -> Table:
    """A line a figure: many figures of few groups read better one below the other."""
    table = Table("", *rows, title=title)
    for name in names:
        table.add_row(name, *(f"{row.get(name, '')}" for row in rows.values()))
    return table
