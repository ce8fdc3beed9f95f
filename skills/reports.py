"""Which services take reports from everybody: the ones of which public pages and figures speak."""

from skills import registry
from township.db import Tx


def report_services(tx: Tx, town_id: str) -> frozenset[str]:
    """Name the services that a town offers and that know kinds of trouble; complaints about cadres never count."""
    offered = registry.offered(tx, town_id)
    return frozenset(
        one.id
        for one in offered
        if one.manifest.words() and not one.manifest.grievance and one.definition.workflow.restricted is None
    )
