"""What does not fit together in a manifest besides its flow: sayings of no kind, questions that wait for each other.

Pure. What does not fit in a flow is found in `workflows/flaws.py`.
"""

from collections.abc import Iterator, Mapping

from skills.manifest import Manifest
from workflows.definition import FormField
from workflows.flaws import Flaw


def strange_sayings(manifest: Manifest) -> Iterator[Flaw]:
    """Find sayings of a kind that the form does not have."""
    kinds = frozenset(manifest.words())
    for kind in manifest.sayings:
        if kind not in kinds:
            yield Flaw(("sayings", kind), "unknown_option", {"name": kind, "field": "kind"}, kinds)


def circles(form: Mapping[str, FormField]) -> Iterator[Flaw]:
    """Find questions that are asked only when they are answered: none of them is ever asked."""
    needs = {name: (spec.when.names() if spec.when else frozenset()) & set(form) for name, spec in form.items()}
    for name in form:
        if name in _behind(name, needs):
            yield Flaw(("form", name, "when"), "circle", {"name": form[name].name})


def _behind(name: str, needs: Mapping[str, frozenset[str]]) -> set[str]:
    """All fields on whose answers a field's question depends."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for following in needs[waiting.pop()] - found:
            found.add(following)
            waiting.append(following)
    return found
