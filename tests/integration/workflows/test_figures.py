"""The month in figures and the public board: what residents began and confirmed, and nobody's name or words."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from skills.rehearsal.founding import TOWN
from skills.reports import report_services
from township.clock import TurnedClock
from township.db import Database, Tx
from workflows import cases
from workflows.public import board, figures, open311
from workflows.public.figures import Figures, Month
from workflows.state import Via

Report = Callable[..., cases.Outcome]
Do = Callable[..., cases.Outcome]
SCHEMAS = Path(__file__).parents[4] / "shared" / "data" / "open311" / "georeport-v2"


def mended(report: Report, do: Do, key: str, last: str = "fixed", **more: object) -> str:
    """Report something and mend it; the villager says `last`."""
    case_id = report(key, **more).case_id
    do(case_id, "c1", "done", f"{key}-d", result="换了灯泡给王婶家")
    do(case_id, "v1", last, f"{key}-l")
    return case_id


def month(town: Database, clock: TurnedClock, village: str | None = None) -> Month:
    def call(tx: Tx) -> Month:
        return figures.of_month(tx, TOWN, report_services(tx, TOWN), clock.now(), village)

    return town.read_now(call)


def test_what_residents_began_and_confirmed_is_counted(
    town: Database, clock: TurnedClock, report: Report, do: Do
) -> None:
    for n in range(4):
        mended(report, do, f"m{n}")
    mended(report, do, "never", "leave_me")
    report("imported", spoke=None, via=Via.IMPORT, channels=("12345", "网格"), anonymous=True)
    found = month(town, clock).town
    assert (found.started, found.by_residents, found.ended, found.confirmed, found.unanswered) == (6, 5, 5, 4, 1)
    assert found.residents_share == pytest.approx(5 / 6)
    assert found.confirmed_share == pytest.approx(0.8), "who did not answer has not confirmed"
    assert found.channels == {"chat": 5, "12345": 1, "网格": 1}, "several channels a matter"


def test_the_first_answer_is_the_first_act_of_the_office_in_working_time(
    town: Database, clock: TurnedClock, report: Report, do: Do
) -> None:
    case_id = report("m1").case_id
    do(case_id, "v1", "add", "more", more="很急")
    clock.forward(timedelta(minutes=40))
    do(case_id, "c1", "accept", "a")
    found = month(town, clock).town
    assert (found.answered, found.first_minutes) == (1, pytest.approx(40, abs=1))


def test_few_matters_make_no_share(town: Database, clock: TurnedClock, report: Report) -> None:
    report("m1")
    assert month(town, clock).town.residents_share is None
    assert Figures().confirmed_share is None


def test_a_village_reads_its_own_beside_the_towns(town: Database, clock: TurnedClock, report: Report) -> None:
    report("m1")
    report("m2", spoke="v3")
    found = month(town, clock, "taoyuan")
    assert (found.own.started, found.town.started) == (1, 2)


def test_complaints_about_cadres_are_counted_nowhere(town: Database, clock: TurnedClock, report: Report) -> None:
    report("g1", skill="grievance", fields={"what": "村会计的事"}, anonymous=True)
    assert month(town, clock).town.started == 0


def test_the_board_says_kind_village_and_days_and_nothing_else(
    town: Database, clock: TurnedClock, report: Report, do: Do
) -> None:
    mended(report, do, "m1", fields={"what": "王婶家路灯不亮", "kind": "lamp", "place": "王婶家门口"})
    mended(report, do, "m2", fields={"what": "占了俺的地", "kind": "dispute"})
    report("m3")
    (shown,) = town.read_now(lambda tx: board.finished(tx, TOWN, report_services(tx, TOWN)))
    assert (shown.kind_name, shown.village, shown.days, shown.result) == ("路灯", "柳树村", 1, "done")
    said = json.dumps(open311.request(shown, "示例镇"), ensure_ascii=False)
    assert "王婶" not in said + str(shown)
    elsewhere = town.read_now(lambda tx: board.finished(tx, TOWN, report_services(tx, TOWN), village_id="taoyuan"))
    assert elsewhere == []


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas of Open311 are not beside the project")
def test_open311_fits_its_schemas(town: Database, clock: TurnedClock, report: Report, do: Do) -> None:
    from jsonschema import Draft7Validator

    def valid(name: str, value: object) -> None:
        schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
        assert [error.message for error in Draft7Validator(schema).iter_errors(value)] == []

    mended(report, do, "m1")
    report("m2", fields={"what": "水", "kind": "water"})
    since, until = figures.bounds(clock.now())
    found = town.read_now(lambda tx: board.opened_between(tx, TOWN, report_services(tx, TOWN), since, until, limit=9))
    requests = [open311.request(one, "示例镇") for one in found]
    assert sorted(one["status"] for one in requests) == ["closed", "open"]
    for one in requests:
        valid("request", one)
    from skills import registry

    definitions = [one.skill.definition for one in registry.house() if one.skill and one.id == "village_report"]
    services = open311.services(definitions)
    assert {one["service_code"] for one in requests} <= {one["service_code"] for one in services}
    for service in services:
        valid("service", service)
