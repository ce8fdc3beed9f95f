"""What is known when a message is read: of the town, of who speaks, and of what the last reply waits for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.dialogue.meaning.guesses import Guess
from bot.dialogue.meaning.nearness import SkillWords
from workflows.definition import FormField


class Pending(StrEnum):
    """What the bot's last reply waits for."""

    NOTHING = "nothing"
    CLOSING = "closing"
    CHOICE = "choice"
    CONFIRM = "confirm"
    ALARM = "alarm"
    NAMING = "naming"
    """Named or unnamed."""
    WHICH = "which"
    """Which of several services is meant."""
    LETTER = "letter"
    """Whether the body that asked takes no for an answer."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known when a message is read."""

    today: date
    skills: tuple[SkillWords, ...] = ()
    terms: frozenset[str] = frozenset()
    """Words of this town for the repair of misheard ones: villages, facts, skills."""
    ordinary: frozenset[str] = frozenset()
    by_voice: bool = False
    household: str = ""
    """Where the speaker lives, as people say it; used when no place is said."""
    pending: Pending = Pending.NOTHING
    is_closing: bool = False
    """A case waits for its closing answer; something else may have been asked since."""
    asked_field: str = ""
    """The field the open form asked for; empty when no form is open."""
    asked_spec: FormField | None = None
    """What that field holds."""
    asks_post: bool = False
    """The bot has just asked something about a post of the speaker's."""
    takes_all: bool = False
    """An action of a cadre waits for its word: a question is that word too ("ask the villager")."""
    open_skill: str = ""
    """The service whose form is open."""
    just_filed: bool = False
    """A report was filed a moment ago: where it is may still be said."""
    just_opened: bool = False
    """A matter of any kind was filed a moment ago: what is wrong about it may be said."""
    asks_right: bool = False
    """We have just asked what is wrong about it."""
    just_told: bool = False
    """The last reply was an answer out of what is known."""
    just_asked: bool = False
    """A question was answered a moment ago."""
    last_question: str = ""
    """What was asked before, and answered."""
    expects: str = ""
    """How words that say nothing by themselves are taken: as this question, with them in place of {text}."""
    wish: str = ""
    """A wish for a paper of which something was asked; empty when none was."""
    which: tuple[str, ...] = ()
    """Services between which we asked, by name."""
    which_text: str = ""
    """What was said before we asked."""
    quote: str = ""
    has_picture: bool = False
    """A picture came with the message, or a moment before it."""
    is_cadre: bool = False
    cadres: frozenset[str] = frozenset()
    """Names of the town's cadres: a complaint that names one never reaches that person (law of talk 7)."""
    is_known: bool = False
    """The documents know an answer to what seems to be asked."""
    guesses: Mapping[str, Guess] = field(default_factory=dict)
    """What pieces of the message are like, where no rule is sure of them."""
