"""A turn of talk: look, understand, think with no transaction open, then write what follows in one.

One turn, one reply, at most one question (law of talk 1). Which handler answers what stands in carrying.py; how a
turn is bound to inbox and outbox is in `bot/incoming/turns.py`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.dialogue import precedence, rehearsing, small
from bot.dialogue.addresses import Originals
from bot.dialogue.answers.lookup import OF_FACTS, Lookup, is_known
from bot.dialogue.carrying import carry_out
from bot.dialogue.cases import alarmed, complaints, open_forms, put_aside
from bot.dialogue.conversations import Conversation
from bot.dialogue.gathering import context_of
from bot.dialogue.hearing.emergency import Kind, recognise
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import circle
from bot.dialogue.meaning.circle import Circle
from bot.dialogue.meaning.commands import (
    Ask,
    CallOff,
    Command,
    Correct,
    MoreOfAlarm,
    MoreOfComplaint,
    RecordPicture,
    StartSkill,
    Unknown,
    Where,
)
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.going_on import says_nothing_else
from bot.dialogue.meaning.pieces import is_about_cadre, names_service
from bot.dialogue.meaning.proposing import Proposer
from bot.dialogue.meaning.reconciling import reconciled
from bot.dialogue.meaning.sayings import Ear
from bot.dialogue.meaning.services import Offered, Services
from bot.dialogue.meaning.understanding import doubts, understand
from bot.dialogue.meaning.unread import is_unread
from bot.dialogue.media import Fetch, Fetched, wanted
from bot.dialogue.offices import decisions, screenshots
from bot.dialogue.offices.screenshots import Seen
from bot.dialogue.parts import Enclosed, Heard, Part, Turn, open_form
from bot.dialogue.pondering import Pondering
from bot.dialogue.replying import Written, written
from bot.dialogue.seals import certificates, genuine
from bot.dialogue.situation import Situation, Towns, look
from bot.dialogue.upkeep.papers import Paper, may_bring, submit
from bot.dialogue.upkeep.papers import read as paper_of
from bot.messages import MessageKind
from bot.wording import sentence
from knowledge.answers import Answer
from knowledge.library import Library
from township import directory
from township.clock import SHANGHAI, Clock
from township.db import Database, Tx
from workflows import definitions
from workflows.seals.paper.checking import Checked

__all__ = ["Heard", "Mind", "Thought", "Written"]


@dataclass(frozen=True, slots=True)
class Thought:
    """What was understood and found before anything is written."""

    situation: Situation
    services: Services
    commands: Sequence[Command]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    fetched: tuple[Fetched, ...] = ()
    papers: tuple[Paper, ...] = ()
    checked: tuple[Checked, ...] = ()
    """Sealed papers that were sent back: are they true?"""
    drawn: Mapping[str, Sequence[Enclosed]] = field(default_factory=dict)
    """Papers to take along, by the paper that was refused."""
    late: frozenset[str] = frozenset()
    """Questions whose answers take longer than the turn."""
    seen: Seen | None = None
    """What a picture of another chat says."""


class Mind:
    """Understands and answers for one process."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        library: Library,
        fetch: Fetch,
        check: genuine.Check | None = None,
        draw: certificates.Draw | None = None,
        originals: Originals | None = None,
        pondering: Pondering | None = None,
        proposer: Proposer | None = None,
    ) -> None:
        self.proposer = proposer
        self.originals = originals
        self._pondering = pondering
        self._check = check
        self._draw = draw
        self._db = db
        self._clock = clock
        self._library = library
        self._lookup = Lookup(library)
        self._fetch = fetch
        self._offered = Offered()
        self._towns = Towns()
        self._ear = Ear(db, library.embedder) if library.embedder else None

    async def think(self, heard: Heard) -> Thought:
        """Find out what is meant, and look up what is asked."""
        situation, services = await self._looked(heard, self._clock.now())
        commands, answers = await self._understood(heard, situation, services)
        if any(isinstance(command, CallOff) for command in commands):
            commands, answers = await self._after_all(heard, situation, services, commands)
        elif more := _more_of(heard):
            known = frozenset(asked for asked, found in answers.items() if found.kind in OF_FACTS)
            if says_nothing_else(commands, known, services.words) and not _is_of_report(heard, commands):
                commands, answers = [more], {}
        fetched = await self._fetched(heard, situation)
        checked, papers = await self._read(heard, situation, fetched)
        manifests = services.manifests
        drawn = await certificates.draw_for(commands, situation, manifests, self._draw) if self._draw else {}
        answers, late = await self._in_words(heard, situation, answers)
        seen = await self._seen(heard, situation, commands, fetched)
        return Thought(situation, services, commands, answers, fetched, papers, checked, drawn, late, seen)

    async def _looked(self, heard: Heard, at: datetime) -> tuple[Situation, Services]:
        def call(tx: Tx) -> tuple[Situation, Services]:
            talk = heard.conversation
            town = self._towns.of(tx, talk.town_id)
            return look(tx, talk, at, town, received_at=heard.received_at), self._offered.of(tx, talk.town_id)

        return await self._db.read(call)

    async def rehearse(self) -> None:
        """Understand and look up what nobody said, so that what is read once is read before anybody is heard."""
        await self.learn_sayings()
        at = self._clock.now()
        for town_id in await self._db.read(definitions.towns):
            for text in rehearsing.sentences():
                heard = rehearsing.said(town_id, text, at)
                situation, services = await self._looked(heard, at)
                context = context_of(heard, situation, services)
                commands = await asyncio.to_thread(understand, text, context)
                await asyncio.to_thread(doubts, text, commands, context)
                await self._lookup.answers(heard, situation, commands)

    async def _seen(
        self, heard: Heard, situation: Situation, commands: Sequence[Command], fetched: Sequence[Fetched]
    ) -> Seen | None:
        """Read the picture of another chat that a clerk wants filed."""
        if self.originals is None or not any(isinstance(command, RecordPicture) for command in commands):
            return None
        own = [one.sha256 for one in fetched if one.sha256]
        hashes = own or screenshots.wanted(heard.conversation.state, heard.received_at)
        names = situation.cadres
        return await asyncio.to_thread(screenshots.read, self.originals.store, hashes, names)

    async def _in_words(
        self, heard: Heard, situation: Situation, answers: Mapping[str, Answer]
    ) -> tuple[Mapping[str, Answer], frozenset[str]]:
        """Let a chat model put what was quoted into words, where there is one; what takes too long comes later."""
        if self._pondering is None or not answers:
            return answers, frozenset()
        within, day = self._pondering.within, situation.at.astimezone(SHANGHAI).date()
        put = await asyncio.gather(
            *(within(f"{heard.id}:{asked}", found, found.understood or asked, day) for asked, found in answers.items())
        )
        late = frozenset(asked for asked, one in zip(answers, put, strict=True) if one is None)
        return {asked: one or answers[asked] for asked, one in zip(answers, put, strict=True)}, late

    async def finish(self, conversation: Conversation, args: Mapping[str, Any]) -> Answer:
        """Wait for an answer that took longer than its turn, or find it anew as it was asked for then."""
        at, question = datetime.fromisoformat(args["at"]), str(args["question"])

        async def again() -> Answer:
            situation = await self._db.read(
                lambda tx: look(tx, conversation, at, self._towns.of(tx, conversation.town_id))
            )
            return await asyncio.to_thread(self._lookup.answer, situation, question)

        if self._pondering is None:
            return await again()
        day = at.astimezone(SHANGHAI).date()
        return await self._pondering.finish(f"{args['heard']}:{args['asked']}", again, question, day)

    async def _read(
        self, heard: Heard, situation: Situation, fetched: Sequence[Fetched]
    ) -> tuple[tuple[Checked, ...], tuple[Paper, ...]]:
        """Read the files of a message: a paper of ours is examined, what a keeper brings is cut into clauses."""
        if heard.incoming.kind is not MessageKind.file:
            return (), ()
        brings = may_bring(situation)
        if self._check is not None:
            looks = [
                await asyncio.to_thread(genuine.examined, one, self._check, brings_documents=brings) for one in fetched
            ]
            if found := tuple(one for one in looks if one is not None):
                return found, ()
        if not brings:
            return (), ()
        phones = await self._db.read(lambda tx: directory.duty_phones(tx, situation.town_id))
        return (), tuple([await asyncio.to_thread(paper_of, one, situation, phones) for one in fetched])

    async def learn_sayings(self) -> None:
        """Make the sayings of each town whose services are new; cheap when none are."""
        if self._ear is None or self._library.embedder is None:
            return
        self._ear.use(self._library.embedder)
        offered = await self._db.read(lambda tx: [(one, self._offered.of(tx, one)) for one in definitions.towns(tx)])
        for town_id, services in offered:
            if not self._ear.knows(town_id, services):
                await asyncio.to_thread(self._ear.prepare, town_id, services)

    async def _understood(
        self, heard: Heard, situation: Situation, services: Services
    ) -> tuple[Sequence[Command], Mapping[str, Answer]]:
        """Understand by rule; what no rule is sure of and no fact answers, by what it is like."""
        text, context = heard.incoming.text, context_of(heard, situation, services)
        commands = small.of_kind(heard) or understand(text, context)
        pieces = doubts(text, commands, context) if self._ear or self.proposer else []
        only_asks = len(pieces) <= len(commands) and all(isinstance(command, Ask) for command in commands)
        answered = await self._lookup.answers(heard, situation, commands) if only_asks else None
        if answered and all(answer.kind in OF_FACTS for answer in answered[1].values()):
            return answered
        may_propose = pieces or is_unread(commands, context)
        if may_propose and (proposed := await self._proposed(text, context, services)):
            settled = reconciled(commands, proposed, context)
            if settled != commands:
                return await self._lookup.answers(heard, situation, settled)
        if pieces and self._ear:
            guesses = await asyncio.to_thread(self._ear.guesses, heard.conversation.town_id, services, pieces)
            known = answered is not None and all(is_known(answer) for answer in answered[1].values())
            guessed = understand(text, replace(context, guesses=guesses, is_known=known))
            if guessed != commands:
                return await self._lookup.answers(heard, situation, guessed)
        return answered or await self._lookup.answers(heard, situation, commands)

    async def _proposed(self, text: str, context: Context, services: Services) -> Sequence[Command]:
        """Ask a chat model, where there is one; never about words that speak of a cadre (law of talk 7)."""
        if self.proposer is None or is_about_cadre(plain(text), context):
            return []
        return await self.proposer.propose(text, context, services)

    async def _after_all(
        self, heard: Heard, situation: Situation, services: Services, called_off: Sequence[Command]
    ) -> tuple[Sequence[Command], Mapping[str, Answer]]:
        """Take words that only sounded like an emergency as what they say after all: a trouble of the village."""
        state = dict(heard.conversation.state)
        said = str(state.pop("alarm_said", ""))
        state["alarm"] = None
        found = recognise(said)
        is_serious = found is not None and found.kind is not Kind.UNKNOWN
        is_post = circle.recognise(said) is not None
        if not said or (is_serious and not is_post and not names_service(said, services.words)):
            return called_off, {}
        before = replace(
            heard,
            conversation=replace(heard.conversation, state=state),
            incoming=replace(heard.incoming, text=said, kind=MessageKind.text, by_voice=False),
        )
        commands, answers = await self._understood(before, situation, services)
        return [*called_off, *(each for each in commands if isinstance(each, StartSkill | Ask | Circle))], answers

    async def _fetched(self, heard: Heard, situation: Situation) -> tuple[Fetched, ...]:
        if situation.person is None:
            return ()
        brings = may_bring(situation) or bool(open_form(heard).get("sends"))
        chosen = wanted(heard.incoming, brings=brings) or genuine.wanted(heard.incoming)
        account_id = heard.conversation.account_id
        return tuple(await asyncio.gather(*(self._fetch(account_id, attachment) for attachment in chosen)))

    def write(self, tx: Tx, heard: Heard, thought: Thought) -> Written:
        """Carry the commands out and put their words into one reply."""
        several = len(thought.commands) > 1
        turn = Turn(
            heard,
            thought.situation,
            thought.services,
            thought.answers,
            thought.fetched,
            several,
            thought.drawn,
            thought.late,
            self.originals,
        )
        if sent := open_forms.sent(tx, turn):
            return written(turn, [sent], understood=True)
        if brought := _brought(tx, turn, thought):
            return written(turn, brought, understood=True)
        if taken := precedence.taken(tx, turn, thought.commands):
            return written(turn, [taken], understood=True)
        parts = [carry_out(tx, turn, command, position) for position, command in enumerate(thought.commands, 1)]
        parts += open_forms.still_asked(turn, thought.commands, parts)
        parts += put_aside.of(turn, parts)
        return written(turn, parts, understood=_understood(thought.commands))


def _is_of_report(heard: Heard, commands: Sequence[Command]) -> bool:
    """Tell whether words put right what was reported after the alarm."""
    state = heard.conversation.state
    is_later = str(state.get("filed_at") or "") >= str(state.get("alarm_at") or "")
    return is_later and all(isinstance(one, Correct | Where) for one in commands)


def _more_of(heard: Heard) -> MoreOfAlarm | MoreOfComplaint | None:
    """Say with what words go on that say nothing of their own: with an alarm, or a complaint, of a moment ago."""
    text, state, at = heard.incoming.text.strip(), heard.conversation.state, heard.received_at
    if not text or heard.incoming.attachments:
        return None
    if alarmed.is_fresh(state, at):
        return MoreOfAlarm(text)
    return MoreOfComplaint(text) if complaints.is_fresh(state, at) else None


def _brought(tx: Tx, turn: Turn, thought: Thought) -> list[Part]:
    """Answer what came without words of its own: silence, pictures for a task, papers, a picture of another chat."""
    if turn.heard.incoming.kind is MessageKind.silent:
        return [small.unheard(turn)]
    if turn.fetched and (given := decisions.attached(tx, turn)):
        return [given]
    if thought.checked:
        return [genuine.answered(tx, turn, one) for one in thought.checked]
    if thought.papers:
        return [_bring(tx, turn, paper, n) for n, paper in enumerate(thought.papers, 1)]
    return [screenshots.offered(thought.seen, turn.heard.received_at)] if thought.seen is not None else []


def _bring(tx: Tx, turn: Turn, paper: Paper, position: int) -> Part:
    if paper.mistake is not None:
        return Part(sentence(paper.mistake))
    return submit(tx, turn, paper, position)


def _understood(commands: Sequence[Command]) -> bool:
    return not any(isinstance(command, Unknown) for command in commands)
