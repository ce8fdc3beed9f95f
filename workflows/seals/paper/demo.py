"""The demonstration's backend: typesets a paper, seals it with the demonstration's certificates, keeps the file.

Forging a seal is a crime: it seals papers of the invented town only, each marked as a demonstration on every page.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from township.errors import Refused
from workflows.seals.paper import signing
from workflows.seals.paper.authority import Authority
from workflows.seals.paper.kinds import issuer, kind_of, words
from workflows.seals.paper.typesetting import draw_seal, lay_out
from workflows.seals.ports import Sealed, Sheet, digest


class DemoBackend(Struct, frozen=True):
    """Seals for the sandbox (`ports.Backend`)."""

    authority: Authority
    keep: Callable[[bytes], str]
    """Keep a file and return its hash."""
    now: Callable[[], datetime]
    """Machine time: certificates know no other."""
    is_sandbox: bool
    """Profile sandbox, every host on loopback."""
    verify_url: Callable[[str], str] = lambda _: ""
    """Where a code can be verified; "" without a public address."""

    def seal(self, sheet: Sheet, approved: str) -> Sealed:
        """Seal this sheet. Refused when it is not what was approved, or not of the invented town. Blocks."""
        self._check(sheet, approved)
        name = issuer(sheet)
        page = lay_out(sheet, verify_url=self.verify_url(sheet.code))
        holder = self.authority.seal_of(name, self.now())
        chain = [self.authority.issuing(), self.authority.root()]
        done = signing.sign(signing.prepare(page.pdf, page.spots), holder, chain, draw_seal(name))
        return Sealed(self.keep(done), holder.serial, self.now())

    def _check(self, sheet: Sheet, approved: str) -> None:
        if digest(sheet) != approved:
            raise Refused("not_what_was_approved")
        if not kind_of(sheet.kind).sealed:
            raise Refused("paper_without_seal", paper=kind_of(sheet.kind).title)
        is_invented = any(name in issuer(sheet) for name in words().demo_names)
        if not (self.is_sandbox and sheet.demo and is_invented):
            raise Refused("real_body_not_sealed_here", body=issuer(sheet))
