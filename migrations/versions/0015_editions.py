"""Editions: a mark that is drawn anew whenever an office, a service, a duty or a day of the calendar changes."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

DRAWN = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "md5(gen_random_uuid()::text)"}
ANY = ("INSERT", "UPDATE", "DELETE")
WATCHED = {
    "villages": ANY, "grants": ANY, "duty": ANY, "definitions": ANY, "calendar_days": ANY,
    "people": ("UPDATE", "DELETE"),
}  # fmt: skip


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "editions",
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False, comment="drawn anew with every change"),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_editions")),
    )
    op.execute(f"INSERT INTO editions (what, mark) VALUES ('town', {DRAWN[dialect]})")
    change = f"UPDATE editions SET mark = {DRAWN[dialect]} WHERE what = 'town'"
    if dialect == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION next_edition() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {change}; RETURN NULL; END $$"
        )
    for table, verbs in WATCHED.items():
        if dialect == "postgresql":
            op.execute(
                f"CREATE TRIGGER editions_{table} AFTER {' OR '.join(verbs)} OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION next_edition()"
            )
            continue
        for verb in verbs:
            op.execute(f"CREATE TRIGGER editions_{table}_{verb.lower()} AFTER {verb} ON {table} BEGIN {change}; END")


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table, verbs in WATCHED.items():
        if dialect == "postgresql":
            op.execute(f"DROP TRIGGER editions_{table} ON {table}")
            continue
        for verb in verbs:
            op.execute(f"DROP TRIGGER editions_{table}_{verb.lower()}")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION next_edition()")
    op.drop_table("editions")
