"""Which effect is carried by whom: a new carrier is one class in a module of its own, and one line here."""

from bot.outgoing.cards import Cards
from bot.outgoing.enclosures import Enclosures
from bot.outgoing.loudspeaker import Loudspeaker
from bot.outgoing.mailing import Mailing
from bot.outgoing.means import Carrier, Means
from bot.outgoing.press import Press
from bot.outgoing.speech import Speech
from bot.outgoing.todos import Todos
from township.effects import Announce, ApplySeal, Effect, MirrorTodo, RefreshCards, Say, SayToAll, SendFile, ShowCard
from township.filestore import FileStore
from workflows.seals.ports import Backend


def carriers(means: Means, store: FileStore, backend: Backend, *, template: str) -> dict[type[Effect], Carrier]:
    """Name who carries each kind of effect; `template`: of cards, empty where the town has none."""
    cards = Cards(means, template=template)
    return {
        Say: Speech(means),
        SayToAll: Mailing(means),
        ShowCard: cards,
        RefreshCards: cards,
        SendFile: Enclosures(means, store),
        MirrorTodo: Todos(means),
        ApplySeal: Press(means.db, backend),
        Announce: Loudspeaker(means),
    }
