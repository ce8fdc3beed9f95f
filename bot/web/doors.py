"""What the web face is given when it is built: database, clock, files, and how a login code becomes a person."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.purse import STANDARD, Limits
from knowledge.library import Library
from township.clock import Clock
from township.db import Database, Tx
from township.filestore import FileStore
from workflows.orders.bringing import Sorting


@dataclass(frozen=True, slots=True)
class Login:
    """How people of one account sign in; the platform's part is handed in, nothing of it is known here."""

    account_id: str
    client_id: str
    page: str
    """Where the platform asks who it is; it sends the browser back with `authCode` and `state`."""
    staff_of: Callable[[str], Awaitable[str]]
    """Turn a login code into a staff id; a code that is wrong or used up is Refused."""


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything that the pages need from outside."""

    db: Database
    clock: Clock
    key: bytes
    """Signs cookies and form tokens."""
    login: Login
    files: FileStore
    public_url: str = ""
    """Where everybody reaches the pages for telephones; empty: there are none."""
    library: Library | None = None
    """Where clauses are searched; None: nowhere."""
    sorting: Callable[[Tx, str], Sorting] | None = None
    """How work orders of other systems are sorted into a town's services; None: none can be brought."""
    open311: bool = False
    """Whether what is on the public board is also given as Open311."""
    limits: Limits = STANDARD
    """What the organisation may use of the platform in a month."""
