"""The paper twin of a form: one printed page with the same questions, for whoever comes to the window. Pure."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from skills.manifest import Manifest
from skills.places import in_words, vocabulary_of
from skills.sheets import say
from workflows.definition import FieldKind, FormField

ROWS = 8
"""Empty lines of a table."""
LONG = (FieldKind.TEXT, FieldKind.PLACE)


@cache
def _template() -> Template:
    here = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=here, undefined=StrictUndefined, autoescape=select_autoescape()).get_template(
        "paper_twin.html"
    )


def page(manifest: Manifest, *, town: str = "") -> str:
    """Write the form as a page of HTML for the printer; what is worked out is left to whoever types it in."""
    fields = [spec for spec in manifest.form.values() if spec.value is None and (spec.ask or not spec.optional)]
    consent = manifest.texts.get(manifest.consent or "", "")
    return _template().render(
        manifest=manifest, town=town, fields=fields, asks=[_ask(manifest, spec) for spec in fields], consent=consent,
        empty=range(ROWS), long=LONG, only=[_only(manifest, spec) for spec in fields],
    )  # fmt: skip


def _only(manifest: Manifest, spec: FormField) -> str:
    """Say in plain words who fills this in; empty: everybody does."""
    return say("paper_only", when=in_words(spec.when.source, vocabulary_of(manifest))) if spec.when else ""


def _ask(manifest: Manifest, spec: FormField) -> str:
    return manifest.texts.get(spec.ask, "") if spec.ask else ""
