"""The first schema: the ground, knowledge, the engine and the talk."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from workflows.models import APPEND_ONLY

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False, comment="08:30-12:00 14:00-17:30; empty on a day off"),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("town_id", "day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "case_keys",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column(
            "key",
            sa.String(length=200),
            nullable=False,
            comment="a message, tap or timer: doing it twice is doing it once",
        ),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "key", name=op.f("pk_case_keys")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=True),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column(
            "definition", sa.String(length=64), nullable=False, comment="the version that this case keeps to its end"
        ),
        sa.Column("number", sa.Text(), nullable=False, comment="what people call it"),
        sa.Column(
            "query_hash",
            sa.String(length=64),
            nullable=True,
            comment="of the code with which an anonymous person asks for progress",
        ),
        sa.Column("kind", sa.String(length=64), server_default="", nullable=False),
        sa.Column("pace", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column(
            "result", sa.String(length=32), server_default="", nullable=False, comment="empty while the case is open"
        ),
        sa.Column(
            "restricted", sa.String(length=32), nullable=True, comment="a kind that only those named for it may see"
        ),
        sa.Column("affected_id", sa.String(length=64), nullable=True, comment="whom the matter concerns"),
        sa.Column("spoke_id", sa.String(length=64), nullable=True, comment="who spoke"),
        sa.Column("wrote_id", sa.String(length=64), nullable=True, comment="who wrote it down"),
        sa.Column(
            "told",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="who must be told: person ids",
        ),
        sa.Column("assignee_id", sa.String(length=64), nullable=True),
        sa.Column(
            "channels",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="by which ways it came: several tags",
        ),
        sa.Column("conversation_id", sa.String(length=64), nullable=True, comment="where it was said; opaque here"),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("progress", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False, comment="when the message was stored"),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True, comment="the nearest promise that runs"),
        sa.Column("seq", sa.Integer(), nullable=False, comment="events so far; the row's version"),
        sa.Column("head", sa.String(length=64), nullable=False, comment="hash of the last event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("town_id", "number", name=op.f("uq_cases_town_id_number")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cases_query",
            ["query_hash"],
            unique=False,
            sqlite_where=sa.text("query_hash IS NOT NULL"),
            postgresql_where=sa.text("query_hash IS NOT NULL"),
        )
        batch_op.create_index("ix_cases_town_opened", ["town_id", "opened_at"], unique=False)
        batch_op.create_index(
            "ix_cases_village_open",
            ["town_id", "village_id", "opened_at"],
            unique=False,
            sqlite_where=sa.text("result = ''"),
            postgresql_where=sa.text("result = ''"),
        )

    op.create_table(
        "counters",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=120), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "series", name=op.f("pk_counters")),
    )
    op.create_table(
        "definitions",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False, comment="of all files of the folder"),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, comment="draft | published | retired"),
        sa.Column(
            "files",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="the folder, path to text: export gives it back",
        ),
        sa.Column(
            "body",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="the definition that the engine runs",
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("published_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "hash", name=op.f("pk_definitions")),
    )
    with op.batch_alter_table("definitions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_definitions_published",
            ["town_id", "skill"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.create_table(
        "call_lines",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=True),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("restricted", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("text_ref", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, comment="open | told | not_reached | not_needed"),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_call_lines_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_lines")),
    )
    with op.batch_alter_table("call_lines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_call_lines_open",
            ["town_id", "village_id", "created_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('open','not_reached')"),
            postgresql_where=sa.text("state IN ('open','not_reached')"),
        )

    op.create_table(
        "case_events",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False, comment="opened | acted | late"),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=True, comment="empty: the clock"),
        sa.Column("via", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False, comment="before the event"),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_events")),
    )
    op.create_table(
        "case_people",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False, comment="affected | spoke | wrote | told"),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_people_case_id")),
        sa.PrimaryKeyConstraint("case_id", "person_id", "part", name=op.f("pk_case_people")),
    )
    with op.batch_alter_table("case_people", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_people_person_id_opened_at"), ["person_id", "opened_at"], unique=False
        )

    op.create_table(
        "clocks",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("within", sa.String(length=32), nullable=False),
        sa.Column(
            "segments",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="[since, why it rests or empty], in order",
        ),
        sa.Column("fired", sa.Integer(), nullable=False, comment="late steps taken"),
        sa.Column("extended", sa.Integer(), nullable=False, comment="seconds"),
        sa.Column("fixed_due", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "next_at", sa.BigInteger(), nullable=True, comment="when the next late step is due; empty while it rests"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_clocks_case_id")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_clocks")),
    )
    with op.batch_alter_table("clocks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_clocks_next",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False, comment="stage | leader | duty"),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False, comment="typed as an answer: A7K2"),
        sa.Column("state", sa.String(length=12), nullable=False, comment="open | done | withdrawn"),
        sa.Column("in_digest", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.String(length=64), nullable=True, comment="the action with which it was done"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tasks_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_tasks_open_person",
            ["person_id", "opened_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "uq_tasks_open_code",
            ["town_id", "code"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tasks_open_code", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(
            "ix_tasks_open_person", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_tasks_case_id"))

    op.drop_table("tasks")
    with op.batch_alter_table("clocks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_clocks_next",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.drop_table("clocks")
    with op.batch_alter_table("case_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_people_person_id_opened_at"))

    op.drop_table("case_people")
    op.drop_table("case_events")
    with op.batch_alter_table("call_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_call_lines_open",
            sqlite_where=sa.text("state IN ('open','not_reached')"),
            postgresql_where=sa.text("state IN ('open','not_reached')"),
        )

    op.drop_table("call_lines")
    with op.batch_alter_table("definitions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_definitions_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.drop_table("definitions")
    op.drop_table("counters")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_cases_village_open", sqlite_where=sa.text("result = ''"), postgresql_where=sa.text("result = ''")
        )
        batch_op.drop_index("ix_cases_town_opened")
        batch_op.drop_index(
            "ix_cases_query",
            sqlite_where=sa.text("query_hash IS NOT NULL"),
            postgresql_where=sa.text("query_hash IS NOT NULL"),
        )

    op.drop_table("cases")
    op.drop_table("case_keys")
    op.drop_table("calendar_days")
