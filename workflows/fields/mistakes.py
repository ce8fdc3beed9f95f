"""Why a value could not be read, in words for whoever gave it: the same in the chat and on a page."""

from functools import cache
from pathlib import Path

from township.errors import Mistake
from township.texts import Texts
from workflows.definition import FormField
from workflows.fields.wording import say_back
from workflows.house import texts as house_texts


@cache
def texts() -> Texts:
    """The sentences of what could not be read."""
    return Texts.load(Path(__file__).with_name("mistakes.yaml"))


def in_words(spec: FormField, mistake: Mistake) -> str:
    """Say why; what has no sentence of its own gets the general one."""
    name = mistake.code if texts().has(mistake.code) else "not_read"
    return texts().say(name, name=spec.name, least=_bound(spec, spec.least), most=_bound(spec, spec.most))


def _bound(spec: FormField, bound: int | None) -> str:
    return "" if bound is None else say_back(spec, bound, house_texts())
