"""Matters in the shapes of Open311 GeoReport v2, for those who read such lists: services and requests, no person.

What a request says is what the public board says; words, names and places of people never leave the house this way.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from township.clock import SHANGHAI
from workflows.definition import Definition
from workflows.public.board import PublicCase, never_shown

Json = dict[str, Any]


def services(definitions: Iterable[Definition], group: str = "") -> list[Json]:
    """List kinds of matters as services; one that is never public is none."""
    return [
        {
            "service_code": code(definition.skill, kind),
            "service_name": option.name,
            "description": definition.name,
            "metadata": False,
            "type": "realtime",
            "keywords": ",".join(option.words) or None,
            "group": group or definition.name,
        }
        for definition in definitions
        for kind, option in (definition.form["kind"].options if "kind" in definition.form else {}).items()
        if kind not in never_shown()
    ]


def request(case: PublicCase, agency: str) -> Json:
    """Give a matter as a request."""
    return {
        "service_request_id": case.number.replace(" ", ""),
        "status": "open" if case.is_open else "closed",
        "status_notes": case.result or None,
        "service_name": case.kind_name,
        "service_code": code(case.skill, case.kind),
        "description": case.kind_name,
        "agency_responsible": agency,
        "service_notice": None,
        "requested_datetime": _moment(case.opened_at),
        "updated_datetime": _moment(case.closed_at or case.changed_at),
        "expected_datetime": _moment(case.due_at) if case.due_at and case.is_open else None,
        "address": case.village or None,
        "address_id": None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }


def code(skill: str, kind: str) -> str:
    """Name a kind of matters for other systems."""
    return f"{skill}.{kind}" if kind else skill


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
