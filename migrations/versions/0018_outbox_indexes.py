"""What is due, urgent or in doubt is found by an index of its own, however much has left already."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WAITS = "state IN ('ready','sending')"
ONCE = "state = 'sending' AND policy = 'at_most_once'"


def upgrade() -> None:
    op.drop_index("ix_outbox_waiting", "outbox")
    _index("ix_outbox_waiting", ["target", "id", "not_before", "state"], WAITS, WAITS)
    _index("ix_outbox_urgent", ["id"], f"urgent = 1 AND {WAITS}", f"urgent AND {WAITS}")
    _index("ix_outbox_once", ["lease_until"], ONCE, ONCE)


def downgrade() -> None:
    for name in ("ix_outbox_once", "ix_outbox_urgent", "ix_outbox_waiting"):
        op.drop_index(name, "outbox")
    _index("ix_outbox_waiting", ["target", "id"], WAITS, WAITS)


def _index(name: str, columns: list[str], on_sqlite: str, on_postgres: str) -> None:
    op.create_index(name, "outbox", columns, sqlite_where=sa.text(on_sqlite), postgresql_where=sa.text(on_postgres))
