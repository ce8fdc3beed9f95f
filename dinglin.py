"""The one command, above all packages: mounts what bot, skills and evals offer, and starts the sandbox as a child."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from typer.core import TyperGroup

import township.stillness
from bot import serving, wording
from bot.commands import monthly, operations
from township.errors import TownshipError
from township.settings import Settings, read_settings

township.stillness.end()

GROUPS = {
    "skills": "skills.commands:app_skills",
    "seals": "bot.commands.stamps:app_seals",
    "knowledge": "bot.commands.sheets:app_knowledge",
    "orders": "bot.commands.orders:app_orders",
    "rosters": "bot.commands.rosters:app_rosters",
    "person": "bot.commands.persons:app_person",
    "eval": "evals.commands.quality:app_eval",
    "bench": "evals.commands.speed:app_bench",
}
"""Groups of commands, each read when it is asked for: with all of them the bot would hold 60 MB more."""


class Doors(TyperGroup):
    """The commands that stand here, and the groups that stand elsewhere."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name all, the groups last."""
        return [*super().list_commands(ctx), *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Find one; a group is imported now."""
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        module, name = GROUPS[cmd_name].split(":")
        group = typer.main.get_group(getattr(importlib.import_module(module), name))
        group.name = cmd_name
        return group


app = typer.Typer(cls=Doors, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
operations.mount(app)
monthly.mount(app)

Port = Annotated[int, typer.Option(help="where it listens on this machine")]


@app.command()
def sandbox(port: Port = 9700, host: str = "127.0.0.1") -> None:
    """Run the pretend DingTalk with its phone page."""
    arguments = [sys.executable, "-m", "sandbox", "--host", host, "--port", str(port)]
    os.execv(sys.executable, arguments)


@app.command()
def demo() -> None:
    """Run the pretend DingTalk and the bot together: what `make run` starts."""
    settings = read_settings()
    with _sandbox_beside(settings):
        operations.serve(settings, phone_page=settings.api_url)


@contextmanager
def _sandbox_beside(settings: Settings) -> Iterator[None]:
    """Run the sandbox as a child that ends with us."""
    address = urlsplit(settings.api_url)
    secret = settings.client_secret.get_secret_value()
    host, port = address.hostname or "127.0.0.1", address.port or 9700
    # Taken and given back at once: a sandbox of somebody else must not be talked to unnoticed.
    serving.listen(host, port, taken="sandbox_port_in_use").close()
    arguments = ["--host", host, "--port", str(port)]
    arguments += ["--client-id", settings.client_id, "--client-secret", secret]
    child = subprocess.Popen([sys.executable, "-m", "sandbox", *arguments])
    try:
        yield
    finally:
        child.terminate()
        child.wait(timeout=10)


def main() -> None:
    """Run the command line; an expected failure is one sentence and exit code 1, never a traceback."""
    try:
        app()
    except TownshipError as error:
        sys.stderr.write(f"{wording.sentence(error)}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
