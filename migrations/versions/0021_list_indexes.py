"""Lists are read in the order of their indexes, also where thousands of rows were brought at one moment."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _lists("id")
    op.drop_index("ix_case_people_person_id_opened_at", "case_people")
    columns = ["person_id", "opened_at", "case_id"]
    op.create_index("ix_case_people_person_id_opened_at_case_id", "case_people", columns)


def downgrade() -> None:
    op.drop_index("ix_case_people_person_id_opened_at_case_id", "case_people")
    op.create_index("ix_case_people_person_id_opened_at", "case_people", ["person_id", "opened_at"])
    _lists()


def _lists(*last: str) -> None:
    still_open = sa.text("result = ''")
    op.drop_index("ix_cases_village_open", "cases")
    columns = ["town_id", "village_id", "opened_at", *last]
    op.create_index("ix_cases_village_open", "cases", columns, sqlite_where=still_open, postgresql_where=still_open)
    op.drop_index("ix_cases_town_opened", "cases")
    op.create_index("ix_cases_town_opened", "cases", ["town_id", "opened_at", *last])
