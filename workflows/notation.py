"""How a service is written down: names, conditions, people, lengths, and branches with conditions.

Frozen and pure. What is written with them is in `definition.py`.
"""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from township.errors import Mistake
from workflows import expressions
from workflows.clocks import durations, points
from workflows.clocks.durations import Duration
from workflows.clocks.points import Point
from workflows.expressions import Expression
from workflows.flow import who
from workflows.flow.who import Who

T = TypeVar("T")
NAME = r"^[a-z][a-z0-9_]*$"
STRICT = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
"""An unknown key is a mistake."""


def _read(parse: Callable[[str], Any]) -> BeforeValidator:
    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return parse(value)
        except Mistake as mistake:
            raise ValueError(str(mistake)) from mistake

    return BeforeValidator(validate, json_schema_input_type=str)


_AS_SOURCE = PlainSerializer(lambda value: value.source, return_type=str)
When = Annotated[Expression, _read(expressions.parse), _AS_SOURCE]
WhoOf = Annotated[Who, _read(who.parse), _AS_SOURCE]
NOBODY = Who("", ())
"""Of a stage that only begins branches: `flaws.py` wants people wherever somebody has to act."""
WhoActs = Annotated[Who, _read(lambda text: who.parse(text) if text else NOBODY), _AS_SOURCE]
Length = Annotated[Duration, _read(durations.parse), PlainSerializer(str, return_type=str)]
PointOf = Annotated[Point, _read(points.parse), PlainSerializer(str, return_type=str)]
Name = Annotated[str, Field(pattern=NAME)]


class Branch(BaseModel, Generic[T]):
    """One case of a list of cases; the last has no `when`."""

    model_config = STRICT

    when: When | None = None
    is_: T = Field(alias="is")

    @classmethod
    def always(cls, what: T) -> "Branch[T]":
        """The only case of a list that has no conditions."""
        return cls.model_validate({"is": what})


def _as_branches(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else ({"is": value},)


_ONE_OR_SEVERAL = BeforeValidator(_as_branches, json_schema_input_type=Name | tuple[Branch[Name], ...])
Target = Annotated[tuple[Branch[Name], ...], _ONE_OR_SEVERAL]
Pace = Annotated[tuple[Branch[Name], ...], _ONE_OR_SEVERAL]
