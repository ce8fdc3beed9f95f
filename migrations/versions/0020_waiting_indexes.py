"""What waits in a conversation, and the conversations of a person, are found without reading all that was ever said."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    new = sa.text("state = 'new'")
    op.drop_index("ix_inbox_conversation", "inbox")
    op.create_index(
        "ix_inbox_waiting", "inbox", ["conversation_id", "received_at"], sqlite_where=new, postgresql_where=new
    )
    op.create_index("ix_conversations_person", "conversations", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_conversations_person", "conversations")
    op.drop_index("ix_inbox_waiting", "inbox")
    op.create_index("ix_inbox_conversation", "inbox", ["conversation_id", "state"])
