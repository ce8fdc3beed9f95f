"""Deadlines of businesstimedelta over Chinese office hours and holidays: a script for its own venv.

Says `ready`, then for each line with a number of seconds adds working time to moments for so long, and writes how many
as JSON. Make-up days (调休) it does not know.
"""

import json
import sys
import time
from datetime import datetime, timedelta
from datetime import time as clock
from importlib import import_module
from itertools import cycle
from random import Random
from typing import Any

SHANGHAI = import_module("pytz").timezone("Asia/Shanghai")


def rules(module: Any) -> Any:
    """Half past eight to half past five, two hours at noon, and public holidays."""
    holidays = import_module("holidays").country_holidays("CN", years=[2026, 2027])
    days = [0, 1, 2, 3, 4]
    work = module.WorkDayRule(start_time=clock(8, 30), end_time=clock(17, 30), working_days=days, tz=SHANGHAI)
    noon = module.LunchTimeRule(start_time=clock(12), end_time=clock(14), working_days=days, tz=SHANGHAI)
    return module.Rules([work, noon, module.HolidayRule(holidays, tz=SHANGHAI)])


def main() -> None:
    """Find deadlines whenever told."""
    module = import_module("businesstimedelta")
    hours, random, first = rules(module), Random(7), SHANGHAI.localize(datetime.fromisoformat("2026-01-05"))
    asked = cycle(
        [(first + timedelta(minutes=random.randrange(500_000)), random.randrange(30, 6300)) for _ in range(2000)]
    )
    tell("ready")
    for line in sys.stdin:
        started, done = time.perf_counter(), 0
        while time.perf_counter() < started + float(line):
            start, minutes = next(asked)
            _ = start + module.BusinessTimeDelta(hours, seconds=minutes * 60)
            done += 1
        tell(json.dumps({"done": done, "seconds": time.perf_counter() - started}))


def tell(line: str) -> None:
    """Write a line that is read at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
