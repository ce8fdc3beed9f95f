"""The first schema: the ground, knowledge, the engine and the talk."""

import sqlalchemy as sa
from alembic import op

from workflows.models import APPEND_ONLY

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "accounts",
        sa.Column(
            "id",
            sa.String(length=64),
            nullable=False,
            comment="a DingTalk organisation with its robot, token bucket and quota",
        ),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="sealed by township.secrets"),
        sa.Column("corp_id", sa.Text(), server_default="", nullable=False),
        sa.Column("api_limit", sa.Integer(), server_default="5000", nullable=False, comment="paid API calls a month"),
        sa.Column(
            "push_limit",
            sa.Integer(),
            server_default="3000",
            nullable=False,
            comment="webhook and stream pushes a month",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("client_id", name=op.f("uq_accounts_client_id")),
    )
    op.create_table(
        "answers_given",
        sa.Column("message_id", sa.String(length=80), nullable=False, comment="the message that asked"),
        sa.Column("position", sa.Integer(), nullable=False, comment="several questions in one message, from 1"),
        sa.Column("town_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column(
            "clause_ids",
            sa.JSON(),
            nullable=False,
            comment="ids of the cited clauses: who was told the old rule",
        ),
        sa.Column("fact_ids", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "position", name=op.f("pk_answers_given")),
    )
    with op.batch_alter_table("answers_given", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answers_given_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_answers_given_town_id"), ["town_id"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=True, comment="empty: the system itself"),
        sa.Column("person_id", sa.String(length=64), nullable=True, comment="whose data"),
        sa.Column("act", sa.String(length=16), nullable=False, comment="read | changed | exported | erased"),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_entries_town_id_person_id_at"), ["town_id", "person_id", "at"], unique=False
        )

    op.create_table(
        "calendar_days",
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False, comment="08:30-12:00 14:00-17:30; empty on a day off"),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("town_id", "day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.String(length=32), nullable=False, comment="outTrackId: the outbox row that showed it"),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("face", sa.String(length=12), nullable=False, comment="card | actioncard | text"),
        sa.Column(
            "shown",
            sa.JSON(),
            nullable=False,
            comment="what it shows now",
        ),
        sa.Column(
            "asking",
            sa.JSON(),
            nullable=True,
            comment="an action tapped here that still needs a word from its person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index("ix_cards_case", ["case_id"], unique=False)
        batch_op.create_index("ix_cards_person", ["person_id"], unique=False)

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
            sa.JSON(),
            nullable=False,
            comment="who must be told: person ids",
        ),
        sa.Column("assignee_id", sa.String(length=64), nullable=True),
        sa.Column(
            "channels",
            sa.JSON(),
            nullable=False,
            comment="by which ways it came: several tags",
        ),
        sa.Column("conversation_id", sa.String(length=64), nullable=True, comment="where it was said; opaque here"),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
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
        "conversations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column(
            "key", sa.String(length=300), nullable=False, comment="account, conversation, and in a group the sender"
        ),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("open_id", sa.Text(), nullable=False, comment="conversationId of the platform"),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=True, comment="who speaks here, when known"),
        sa.Column("sender_id", sa.Text(), server_default="", nullable=False),
        sa.Column("staff_id", sa.Text(), server_default="", nullable=False),
        sa.Column("webhook", sa.Text(), server_default="", nullable=False),
        sa.Column("webhook_until", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.JSON(),
            server_default="{}",
            nullable=False,
            comment="where the talk stands: dialogue/conversations.py",
        ),
        sa.Column("lease_owner", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True, comment="machine time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("key", name=op.f("uq_conversations_key")),
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
            sa.JSON(),
            nullable=False,
            comment="the folder, path to text: export gives it back",
        ),
        sa.Column(
            "body",
            sa.JSON(),
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
        "documents",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="digest of town and source_key: stable over re-ingest"
        ),
        sa.Column("town_id", sa.String(length=32), nullable=True, comment="NULL: shared by all towns (statutes)"),
        sa.Column(
            "source_key", sa.String(length=200), nullable=False, comment="the source's own name for it: path, doc_id"
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("doc_no", sa.String(length=80), nullable=False, comment="number given by its issuer, or empty"),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("audience", sa.String(length=12), nullable=False, comment="public, resident or cadre"),
        sa.Column("village_id", sa.String(length=32), nullable=True, comment="NULL: the whole town"),
        sa.Column("sample", sa.Boolean(), nullable=False, comment="a sample of the invented town"),
        sa.Column("owner_id", sa.String(length=32), nullable=True, comment="the person who keeps it right"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_town_id"), ["town_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.String(length=200), nullable=False, comment="account and event id"),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_table(
        "facts",
        sa.Column("id", sa.String(length=32), nullable=False, comment="digest of town, fact_key and answer"),
        sa.Column("town_id", sa.String(length=32), nullable=False),
        sa.Column("fact_key", sa.String(length=200), nullable=False, comment="the first way of asking"),
        sa.Column(
            "questions",
            sa.JSON(),
            nullable=False,
            comment="ways of asking, the first is shown",
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="what it rests on"),
        sa.Column("owner", sa.String(length=80), nullable=False, comment="person, role or office that keeps it right"),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("village_id", sa.String(length=32), nullable=True, comment="NULL: the whole town"),
        sa.Column("valid_until", sa.Date(), nullable=True, comment="last day; NULL: no end known"),
        sa.Column("last_checked", sa.Date(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, comment="draft, in_force or replaced"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_facts_town_id"), ["town_id"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", sa.String(length=200), nullable=False, comment="account and message id: a repeat stops here"),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False, comment="new | done | failed"),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False, comment="business time; every deadline starts here"),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_conversation", ["conversation_id", "state"], unique=False)
        batch_op.create_index(
            "ix_inbox_new",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text("state = 'new'"),
            postgresql_where=sa.text("state = 'new'"),
        )

    op.create_table(
        "index_generations",
        sa.Column(
            "partition",
            sa.String(length=120),
            nullable=False,
            comment="a town, 'shared', or the vectors of an embedder",
        ),
        sa.Column(
            "generation", sa.Integer(), nullable=False, comment="raised in the transaction that changed the rows"
        ),
        sa.PrimaryKeyConstraint("partition", name=op.f("pk_index_generations")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_jobs_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('ready','running')"),
            postgresql_where=sa.text("state IN ('ready','running')"),
        )

    op.create_table(
        "outbox",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="the key of the effect everywhere: outTrackId, sourceId"
        ),
        sa.Column("key", sa.String(length=200), nullable=False, comment="the same effect asked for twice is one row"),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("policy", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=False, comment="order is kept per target"),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "state", sa.String(length=12), nullable=False, comment="ready | sending | done | failed | unknown | merged"
        ),
        sa.Column("not_before", sa.BigInteger(), nullable=True, comment="business time"),
        sa.Column("retry_at", sa.BigInteger(), nullable=True, comment="machine time"),
        sa.Column(
            "lease_until", sa.BigInteger(), nullable=True, comment="machine time; a lapsed lease is another's work"
        ),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "receipt",
            sa.JSON(),
            nullable=True,
            comment="what the platform answered",
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_waiting",
            ["target", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('ready','sending')"),
            postgresql_where=sa.text("state IN ('ready','sending')"),
        )

    op.create_table(
        "spending",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False, comment="2026-11, in business time"),
        sa.Column("api", sa.Integer(), server_default="0", nullable=False),
        sa.Column("push", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("account_id", "month", name=op.f("pk_spending")),
    )
    op.create_table(
        "towns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False, comment="the office phone that answers say"),
        sa.Column("options", sa.JSON(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_towns")),
    )
    op.create_table(
        "vectors",
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "embedder", sa.String(length=80), nullable=False, comment="name of the embedder, its weights included"
        ),
        sa.Column("vector", sa.LargeBinary(), nullable=False, comment="float16, little endian, unit length"),
        sa.PrimaryKeyConstraint("text_hash", "embedder", name=op.f("pk_vectors")),
    )
    op.create_table(
        "account_towns",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_towns_account_id")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_account_towns_town_id")),
        sa.PrimaryKeyConstraint("account_id", "town_id", name=op.f("pk_account_towns")),
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
        sa.Column("data", sa.JSON(), nullable=False),
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
            sa.JSON(),
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
        "document_versions",
        sa.Column("id", sa.String(length=32), nullable=False, comment="digest of document and content_hash"),
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=32), nullable=True),
        sa.Column(
            "content_hash", sa.String(length=64), nullable=False, comment="sha256 of the file, or of the source's rows"
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True, comment="first day in force; NULL: since ever"),
        sa.Column("in_force_until", sa.Date(), nullable=True, comment="last day in force; NULL: until replaced"),
        sa.Column("replaces_id", sa.String(length=32), nullable=True, comment="the version that it replaced"),
        sa.Column("file_path", sa.Text(), nullable=True, comment="the stored original, relative to the data folder"),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("ingested_at", sa.BigInteger(), nullable=False),
        sa.Column("ingested_by", sa.String(length=32), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.String(length=32), nullable=True, comment="never the person who ingested it"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_versions_document_id")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["document_versions.id"], name=op.f("fk_document_versions_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_versions")),
        sa.UniqueConstraint("document_id", "content_hash", name=op.f("uq_document_versions_document_id_content_hash")),
    )
    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_versions_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_versions_town_id"), ["town_id"], unique=False)

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

    op.create_table(
        "villages",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_villages_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_villages")),
        sa.UniqueConstraint("town_id", "name", name=op.f("uq_villages_town_id_name")),
    )
    op.create_table(
        "clauses",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="digest of version and path: stable over re-ingest"
        ),
        sa.Column("version_id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=32), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False, comment="order within the version, from 1"),
        sa.Column(
            "path", sa.String(length=200), nullable=False, comment="unique within the version: headings and number"
        ),
        sa.Column("chapter", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False, comment="as printed; empty in free text"),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False, comment="of what is embedded"),
        sa.ForeignKeyConstraint(["version_id"], ["document_versions.id"], name=op.f("fk_clauses_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clauses")),
        sa.UniqueConstraint("version_id", "path", name=op.f("uq_clauses_version_id_path")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_clauses_version_id_position")),
    )
    with op.batch_alter_table("clauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clauses_text_hash"), ["text_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_clauses_town_id"), ["town_id"], unique=False)

    op.create_table(
        "groups",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("open_id", sa.Text(), nullable=False, comment="openConversationId"),
        sa.Column("village_id", sa.String(length=64), nullable=True, comment="empty for a group of the town"),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("cadres_only", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_groups_account_id")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_groups_town_id")),
        sa.ForeignKeyConstraint(["village_id"], ["villages.id"], name=op.f("fk_groups_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("account_id", "open_id", name=op.f("uq_groups_account_id_open_id")),
    )
    op.create_table(
        "households",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=False),
        sa.Column(
            "door",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="what one says on the phone: group three, the Wangs",
        ),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_households_town_id")),
        sa.ForeignKeyConstraint(["village_id"], ["villages.id"], name=op.f("fk_households_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=True),
        sa.Column("household_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.Text(), nullable=False, comment="emptied when erased"),
        sa.Column("is_cadre", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column(
            "flags",
            sa.JSON(),
            server_default="{}",
            nullable=False,
            comment="read_aloud, quiet (no notices to this account)",
        ),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_people_household_id")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_people_town_id")),
        sa.ForeignKeyConstraint(["village_id"], ["villages.id"], name=op.f("fk_people_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_town_id_village_id"), ["town_id", "village_id"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_consents_person_id")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_consents_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=True, comment="empty: the duty of the town"),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False, comment="a duty phone, never a private one without consent"),
        sa.Column(
            "weekdays",
            sa.JSON(),
            nullable=True,
            comment="ISO weekdays; empty: every day",
        ),
        sa.Column(
            "starts_at", sa.BigInteger(), nullable=True, comment="empty: always, until somebody is named for a time"
        ),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_duty_person_id")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_duty_town_id")),
        sa.ForeignKeyConstraint(["village_id"], ["villages.id"], name=op.f("fk_duty_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_town_id_village_id"), ["town_id", "village_id"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("village_id", sa.String(length=64), nullable=True, comment="empty: in the whole town"),
        sa.Column(
            "stands_in_for", sa.String(length=64), nullable=True, comment="a deputy acts for this person until ends_at"
        ),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grants_person_id")),
        sa.ForeignKeyConstraint(["stands_in_for"], ["people.id"], name=op.f("fk_grants_stands_in_for")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_grants_town_id")),
        sa.ForeignKeyConstraint(["village_id"], ["villages.id"], name=op.f("fk_grants_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_grants_town_id_role_village_id"), ["town_id", "role", "village_id"], unique=False
        )

    op.create_table(
        "helpers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("principal_id", sa.String(length=64), nullable=False),
        sa.Column("helper_id", sa.String(length=64), nullable=False),
        sa.Column(
            "covers",
            sa.JSON(),
            nullable=False,
            comment="kinds of matters, or ['*']",
        ),
        sa.Column("consent", sa.String(length=16), nullable=False, comment="chat | phone | paper"),
        sa.Column("consent_heard_by", sa.String(length=64), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["consent_heard_by"], ["people.id"], name=op.f("fk_helpers_consent_heard_by")),
        sa.ForeignKeyConstraint(["helper_id"], ["people.id"], name=op.f("fk_helpers_helper_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["people.id"], name=op.f("fk_helpers_principal_id")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_helpers_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpers")),
    )
    op.create_table(
        "person_values",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=True, comment="empty once erased; events and cases hold only the id"),
        sa.Column(
            "retention", sa.String(length=16), nullable=False, comment="how long the value is kept: case | year | law"
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_values_person_id")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_person_values_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_values")),
    )
    op.create_table(
        "reaches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("town_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="staff | sender | phone | helper | paper"),
        sa.Column("account_id", sa.String(length=64), nullable=True, comment="for staff and sender"),
        sa.Column(
            "value",
            sa.Text(),
            nullable=False,
            comment="staff id, opaque sender id, phone number, or the helper's person id",
        ),
        sa.Column(
            "main",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
            comment="of several on one account, who is meant",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_reaches_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reaches_person_id")),
        sa.ForeignKeyConstraint(["town_id"], ["towns.id"], name=op.f("fk_reaches_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reaches")),
        sa.UniqueConstraint(
            "person_id", "kind", "account_id", "value", name=op.f("uq_reaches_person_id_kind_account_id_value")
        ),
    )
    with op.batch_alter_table("reaches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reaches_kind_value"), ["kind", "value"], unique=False)
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:

    with op.batch_alter_table("reaches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reaches_kind_value"))

    op.drop_table("reaches")
    op.drop_table("person_values")
    op.drop_table("helpers")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grants_town_id_role_village_id"))
        batch_op.drop_index(batch_op.f("ix_grants_person_id"))

    op.drop_table("grants")
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_town_id_village_id"))

    op.drop_table("duty")
    op.drop_table("consents")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_town_id_village_id"))

    op.drop_table("people")
    op.drop_table("households")
    op.drop_table("groups")
    with op.batch_alter_table("clauses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clauses_town_id"))
        batch_op.drop_index(batch_op.f("ix_clauses_text_hash"))

    op.drop_table("clauses")
    op.drop_table("villages")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tasks_open_code", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(
            "ix_tasks_open_person", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_tasks_case_id"))

    op.drop_table("tasks")
    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_versions_town_id"))
        batch_op.drop_index(batch_op.f("ix_document_versions_document_id"))

    op.drop_table("document_versions")
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
    op.drop_table("account_towns")
    op.drop_table("vectors")
    op.drop_table("towns")
    op.drop_table("spending")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting",
            sqlite_where=sa.text("state IN ('ready','sending')"),
            postgresql_where=sa.text("state IN ('ready','sending')"),
        )

    op.drop_table("outbox")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_jobs_waiting",
            sqlite_where=sa.text("state IN ('ready','running')"),
            postgresql_where=sa.text("state IN ('ready','running')"),
        )

    op.drop_table("jobs")
    op.drop_table("index_generations")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbox_new", sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'")
        )
        batch_op.drop_index("ix_inbox_conversation")

    op.drop_table("inbox")
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_facts_town_id"))

    op.drop_table("facts")
    op.drop_table("events")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_town_id"))

    op.drop_table("documents")
    with op.batch_alter_table("definitions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_definitions_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.drop_table("definitions")
    op.drop_table("counters")
    op.drop_table("conversations")
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
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index("ix_cards_person")
        batch_op.drop_index("ix_cards_case")

    op.drop_table("cards")
    op.drop_table("calendar_days")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entries_town_id_person_id_at"))

    op.drop_table("audit_entries")
    with op.batch_alter_table("answers_given", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answers_given_town_id"))
        batch_op.drop_index(batch_op.f("ix_answers_given_person_id"))

    op.drop_table("answers_given")
    op.drop_table("accounts")
