"""What a skill folder says of itself: whom it is for, who owns it, how people say it, and the definition behind it."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from workflows.definition import Definition, FormField, Model, Workflow
from workflows.notation import Name


class Risk(StrEnum):
    """How much a mistake costs: C binds others (a seal, money, a complaint)."""

    A = "A"
    B = "B"
    C = "C"


Said = Annotated[str, Field(min_length=1, max_length=200)]


class Manifest(Model):
    """One folder as one value. A key may stand in a file of its name (`workflow.yaml`, `texts.yaml`)."""

    name: Annotated[Said, Field(max_length=40)]
    summary: Said
    owner: Said
    audience: tuple[Literal["resident", "cadre", "outsider"], ...] = Field(alias="for", min_length=1)
    risk: Risk = Risk.A
    paper: str = ""
    """The paper form that it replaces, for whoever comes to the window."""
    examples: tuple[Said, ...] = Field(min_length=1)
    """How people say it: with these a sentence finds the skill."""
    sayings: dict[Name, str] = Field(default_factory=dict)
    """How people say each kind of the form, one a line: what no rule is sure of is taken like the nearest."""
    grievance: bool = False
    """Complaints about cadres, village bodies, money or favours go here."""
    consent: Name | None = None
    """The text by which somebody agrees that sensitive data are kept."""
    form: dict[Name, FormField] = Field(default_factory=dict)
    workflow: Workflow
    texts: dict[Name, str] = Field(default_factory=dict)
    called: dict[Name, str] = Field(default_factory=dict)
    """What a clerk's workbook calls a text, where it was called otherwise than by its name."""

    def definition(self, skill: str) -> Definition:
        """The part that the engine runs."""
        return Definition(
            skill=skill, name=self.name, form=self.form, workflow=self.workflow, texts=self.texts
        )  # fmt: skip

    def words(self) -> dict[str, tuple[str, ...]]:
        """The words by which each kind is said, for choosing a skill and its kind at once."""
        kind = self.form.get("kind")
        return {key: (one.name, *one.words) for key, one in kind.options.items()} if kind else {}


FILES: tuple[str, ...] = ("form", "workflow", "texts", "sayings")
"""Keys that may stand in a file of their own."""


def allowed_keys() -> frozenset[str]:
    """All keys that a folder may use, for suggesting the one that was meant."""
    found: set[str] = set()
    schema = Manifest.model_json_schema(by_alias=True)
    for part in (schema, *schema.get("$defs", {}).values()):
        found |= set(part.get("properties", {}))
    return frozenset(found)


def schema() -> dict[str, Any]:
    """The JSON Schema of `skill.yaml`, for editors."""
    return Manifest.model_json_schema(by_alias=True)
