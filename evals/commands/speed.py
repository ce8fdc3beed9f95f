"""The command `bench`: how fast; a command a bench."""

from pathlib import Path
from typing import Annotated

import typer

from evals.bench import approvals, ask, deadlines, files, grown, kills, messages, month, several, start, sweep, turns
from evals.bench import cases as opening
from evals.bench import corpus as taking_in
from evals.bench.soak import play as soak
from evals.commands.options import ARTICLES, QUESTIONS, Check, Corpus, Embedder, Json, Questions
from evals.commands.showing import finish, tables
from evals.harness import Report
from evals.statutes import CONSOLE
from township.settings import read_settings

app_bench = typer.Typer(no_args_is_help=True, help="Measure how fast.")

ECHO = Path("../shared/reference/samples/echo_bot.py")
Peers = Annotated[str, typer.Option("--peers", help="Python of a venv with the peers (extra bench); empty: this one")]


@app_bench.command("files")
def bench_files(json: Json = "", check: Check = False) -> None:
    """Time a PDF of 200 pages against the bare library, and ten scanned pages where the extra ocr is installed."""
    finish(files.run(), json, check=check)


@app_bench.command("ask")
def bench_ask(
    data: Questions = QUESTIONS,
    corpus: Corpus = ARTICLES,
    embedder: Embedder = "",
    json: Json = "",
    check: Check = False,
) -> None:
    """Time 400 questions over all statutes, alone and four at once, and weigh the process."""
    finish(ask.run(data, corpus, embedder=embedder), json, check=check)


@app_bench.command("corpus")
def bench_corpus(
    data: Questions = QUESTIONS,
    corpus: Corpus = ARTICLES,
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
    CONSOLE.print(*tables(Report("weather", report.items, {}, report.settings["weather"])))
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
