"""Which kind of a service a text is of: by the words of its form, else like the sayings that the service brings.

For long written texts, and where there is no embedder: a linear machine over characters, made when first asked. What a
town's own cases came to be teaches it more than sayings do. Chat with an embedder guesses by sayings.py.
"""

from collections.abc import Sequence

from bot.dialogue.meaning.services import Services
from township import learner
from township.learner import Learner

SURE = 0.15
"""How far the likeliest kind must stand above the next (docs/decisions/0035)."""
LEAST_KINDS = 2
"""Kinds with sayings from which there is something to learn."""


class Kinds:
    """The kinds of one service."""

    def __init__(self, services: Services, skill: str, cases: Sequence[tuple[str, str]] = ()) -> None:
        """`cases`: what people said, and the kind that the case was of in the end."""
        self._services, self._skill, self._cases = services, skill, cases
        self._machine: Learner | None = None

    def of(self, text: str) -> str:
        """Name the kind; empty where neither words nor likeness say enough."""
        return self._services.kind_of(self._skill, text) or self.like(text)

    def like(self, text: str) -> str:
        """Name the kind of the sayings that a text is like; empty where none stands out."""
        machine = self._machine = self._machine or self._taught()
        return machine.sure(text, SURE) if machine.labels else ""

    def _taught(self) -> Learner:
        manifest = self._services.manifests[self._skill]
        said = [(line, kind) for kind, lines in manifest.sayings.items() for line in lines.splitlines()]
        said += [(text, kind) for text, kind in self._cases if kind in manifest.words()]
        if len({kind for _, kind in said}) < LEAST_KINDS:
            said = []
        return learner.learn([learner.pieces(text) for text, _ in said], [kind for _, kind in said])
