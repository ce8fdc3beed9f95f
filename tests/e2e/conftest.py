"""A whole town: a sandbox in a thread, the app as a child process on a home of its own, and everybody's phones.

`town` is new for each test, `shared_town` is one for a module. `make_town(**settings)` starts one with other settings.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

from evals.bench import children, vectors
from evals.bench.children import Child
from evals.bench.phones import Town
from sandbox.server import serve
from tests.conftest import MadeOnce

MODEL = Path("models/e5-small-zh")
MakeTown = Callable[..., AbstractContextManager["LivingTown"]]


class LivingTown(Town):
    """The phones of a town with its app: `app.kill()`, `app.start()`; `home` holds database and log."""

    def __init__(self, url: str, home: Path, app: Child) -> None:
        super().__init__(url)
        self.home = home
        self.app = app


def embedder_home() -> Path | None:
    """Find where the default embedder has been built; without it the town finds by words alone."""
    homes = [Path(os.environ.get("DINGLIN_HOME", "var")), children.ROOT / "var"]
    return next((home.resolve() for home in homes if (home / MODEL / "model_int8.onnx").exists()), None)


@pytest.fixture(scope="session")
def prepared_home(made_once: MadeOnce) -> Path:
    """A home that is migrated, with the sample documents: copied for each town."""
    built = embedder_home()

    def prepare(home: Path) -> None:
        if built:
            (home / "models").symlink_to(built / "models")
        lent = partial(vectors.borrow, built) if built else ignore
        children.prepare(home, "onnx" if built else "none", migrated=lent)

    return made_once("prepared", prepare)


def ignore(_: Path) -> None:
    """Nothing was built that could be borrowed."""


@pytest.fixture(scope="session")
def make_town(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> MakeTown:
    """Start a town of one's own in a `with` block, on a working morning at nine."""

    @contextmanager
    def make(**settings: str) -> Iterator[LivingTown]:
        home = tmp_path_factory.mktemp("town") / "home"
        shutil.copytree(prepared_home, home, symlinks=True)
        embedder = "onnx" if (home / MODEL).exists() else "none"
        with serve() as running:
            app = children.app(home, running.url, **{"embedder": embedder, **settings})
            with LivingTown(running.url, home, app) as town:
                town.turn_to_working_morning()
                app.start()
                try:
                    yield town
                finally:
                    app.stop()

    return make


@pytest.fixture
def town(make_town: MakeTown) -> Iterator[LivingTown]:
    """A town of one's own."""
    with make_town() as living:
        yield living


@pytest.fixture(scope="module")
def shared_town(make_town: MakeTown) -> Iterator[LivingTown]:
    """One town for the tests of a module: each uses people of its own."""
    with make_town() as living:
        yield living
