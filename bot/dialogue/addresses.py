"""Where originals, forms and passed-on work are found from outside: the address of a page, or a file of the store."""

from dataclasses import dataclass
from datetime import datetime

from bot import blanks
from knowledge.wording import originals
from knowledge.wording.originals import PATH, Original
from township.clock import SHANGHAI
from township.filestore import FileStore
from township.scope import Audience
from workflows.handovers import addresses as handovers


@dataclass(frozen=True, slots=True)
class Originals:
    """Where the originals of one process are, and the pages of its forms."""

    store: FileStore
    key: bytes = b""
    """Signs addresses."""
    public_url: str = ""
    """Empty: no message holds a link."""

    def link(self, original: Original, at: datetime) -> str:
        """Write the address of a page; empty without a public one, and for what is for cadres alone."""
        if not self.public_url or original.audience is Audience.CADRE:
            return ""
        return f"{self.public_url}{PATH}/{originals.code(self.key, original, at.astimezone(SHANGHAI).date())}"

    def is_kept(self, original: Original) -> bool:
        """Tell whether the file of a document lies in the store."""
        return bool(original.file_name) and self.store.path(original.content_hash).is_file()

    def work_link(self, handover_id: str) -> str:
        """Write the address of work that was passed on; empty without a public one."""
        return f"{self.public_url}{handovers.PATH}/{handovers.code(self.key, handover_id)}" if self.public_url else ""

    def form_link(self, conversation_id: str, at: datetime) -> str:
        """Write the address of the form that waits in a conversation; empty without a public one."""
        return f"{self.public_url}{blanks.PATH}/{blanks.code(self.key, conversation_id, at)}" if self.public_url else ""
