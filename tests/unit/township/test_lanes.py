"""Who waits for whom on the way into a database."""

import threading
from concurrent.futures import ThreadPoolExecutor

from township.lanes import Gate


def test_what_is_ordinary_begins_when_nothing_urgent_is_under_way() -> None:
    gate, passed = Gate(longest=60.0), threading.Event()

    def ordinary() -> None:
        gate.wait()
        passed.set()

    with ThreadPoolExecutor(1) as threads:
        with gate.urgent():
            with gate.urgent():
                threads.submit(ordinary)
            assert not passed.is_set()
        assert passed.wait(30)


def test_an_open_gate_holds_nobody_back() -> None:
    Gate().wait()


def test_urgent_calls_without_end_do_not_stop_everything_else() -> None:
    gate = Gate(longest=0.01)
    with gate.urgent():
        gate.wait()
