"""Finds answers to what a message asks, before any transaction is open: each question in a thread of its own."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from bot.dialogue.answers import questions, topic
from bot.dialogue.meaning.commands import Ask, Choose, Command, Unknown
from bot.dialogue.parts import Heard
from bot.dialogue.situation import Situation
from knowledge.answers import Answer, Answerer, AnswerKind
from knowledge.library import Library
from knowledge.wording.boundaries import boundary

OFF_TOPIC = "off_topic"
"""The boundary behind which no answer lies: such words are only not understood."""
OF_FACTS = frozenset({AnswerKind.fact, AnswerKind.expired_fact})
KNOWN = OF_FACTS | {AnswerKind.clause}
"""Kinds of answers that rest on something; that a fact has run out is known as well."""


class Lookup:
    """Answers for one process; the names of a town's villages are no words of a question."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._answerers: dict[frozenset[str], Answerer] = {}

    def answer(self, situation: Situation, question: str, previous: str = "") -> Answer:
        """Answer a question as of now, in a thread; `previous`: what was asked before it."""
        return self._answerer(situation).answer(question, scope=situation.scope, at=situation.at, previous=previous)

    async def answers(
        self, heard: Heard, situation: Situation, commands: Sequence[Command]
    ) -> tuple[Sequence[Command], Mapping[str, Answer]]:
        """Answer what is asked; words that say nothing by themselves may name something that is known."""
        looked: list[Command] = []
        answers: dict[str, Answer] = {}
        previous = topic.latest(heard.conversation.state, situation.at)
        for command in commands:
            if isinstance(command, Choose):
                looked.append(await self._chosen(heard, situation, command, answers))
                continue
            question = command.question if isinstance(command, Ask) else _perhaps_asked(command, commands)
            before = _quoted(heard) or (previous if isinstance(command, Ask) else "")
            found = await asyncio.to_thread(self.answer, situation, question, before) if question else None
            if found is not None and (isinstance(command, Ask) or is_known(found)):
                answers[question], previous = found, ""
                command = Ask(question)
            looked.append(command)
        return looked, answers

    async def _chosen(self, heard: Heard, situation: Situation, command: Choose, answers: dict[str, Answer]) -> Command:
        """Answer with the clause whose number was said; a number that names none is not understood."""
        number = command.numbers[0] if len(command.numbers) == 1 else 0
        clause, question = questions.chosen(heard.conversation.state, number, heard.received_at)
        answerer = self._answerer(situation)
        find = partial(answerer.of_clause, clause, question, scope=situation.scope, at=situation.at)
        if not clause or (found := await asyncio.to_thread(find)) is None:
            return Unknown(heard.incoming.text)
        answers[question] = found
        return Ask(question)

    def _answerer(self, situation: Situation) -> Answerer:
        names = frozenset(situation.villages.values())
        return self._answerers.setdefault(names, Answerer(self._library, names))


def is_known(found: Answer) -> bool:
    """Say whether an answer rests on something, and does not only say that this is not known here."""
    return found.kind in KNOWN or boundary(found.understood) not in ("", OFF_TOPIC)


def _perhaps_asked(command: Command, commands: Sequence[Command]) -> str:
    """Take a whole message that is not understood as a question: "clinic phone" asks without asking."""
    return command.text if isinstance(command, Unknown) and len(commands) == 1 else ""


def _quoted(heard: Heard) -> str:
    quote = heard.incoming.quote
    return quote.text if quote and quote.text else ""
