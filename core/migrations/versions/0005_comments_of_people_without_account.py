"""comments of people without an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from weft.core.db import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("comment", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("author_name", types.short_text(200), nullable=True))
        batch_op.alter_column("author_id", existing_type=types.RecordId, nullable=True)


def downgrade() -> None:
    """Take the change back; comments of people without an account go."""
    op.execute(sa.text("DELETE FROM comment WHERE author_id IS NULL"))
    with op.batch_alter_table("comment", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("author_id", existing_type=types.RecordId, nullable=False)
        batch_op.drop_column("author_name")
