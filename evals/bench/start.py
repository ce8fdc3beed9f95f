"""Start: how soon a process on a warm home gives its first answer with its source, and what it holds when idle."""

import tempfile
import time
from pathlib import Path

from ruamel.yaml import YAML

from evals.bench import children
from evals.bench.messages import prepare
from evals.bench.phones import Town
from evals.bench.processes import pss_mb
from evals.harness import Report
from township.settings import Settings

TASK = "start"
PEOPLE = ("v-0401", "v-0402", "v-0501")


def run(settings: Settings, *, idle: float = 60.0) -> Report:
    """Measure; seconds from the start of the process, the best and the worst of three, and MB (10^6) of PSS."""
    words: dict[str, str] = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="dinglin-start-") as folder:
        home = Path(folder) / "home"
        prepare(home, settings)
        with children.sandbox(Path(folder) / "sandbox.log") as url, Town(url) as town:
            town.turn_to_working_morning()
            app = children.app(home, url, embedder=settings.embedder)
            ready, answered = [], []
            for person in PEOPLE:
                app.stop()
                began = time.perf_counter()
                app.start()
                ready.append(time.perf_counter() - began)
                town.say(person, words["question"])
                town.expect(person, words["source"], within=children.PATIENCE)
                answered.append(time.perf_counter() - began)
            at_once = pss_mb(app.pid)
            time.sleep(idle)
            metrics = {
                "ready_s": round(min(ready), 2),
                "first_answer_s": round(min(answered), 2),
                "slowest_s": round(max(answered), 2),
                "pss_mb": round(pss_mb(app.pid), 1),
                "pss_at_once_mb": round(at_once, 1),
            }
            app.stop()
    return Report(TASK, len(PEOPLE), metrics, settings={"idle": idle})
