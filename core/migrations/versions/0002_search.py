"""search: records that wait to be indexed, and the index of PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from weft.core.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_tokens = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "search_document",
        sa.Column("record_id", types.RecordId, autoincrement=False, nullable=False),
        sa.Column("type_id", types.RecordId, nullable=False),
        sa.Column("title_tokens", _tokens, nullable=False),
        sa.Column("tokens", _tokens, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_search_document")),
    )
    for column in ("title_tokens", "tokens"):
        op.create_index(f"ix_search_document_{column}", "search_document", [column], postgresql_using="gin")
    op.create_table(
        "search_pending",
        sa.Column("record_id", types.RecordId, autoincrement=False, nullable=False),
        sa.Column("mark", types.RecordId, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_search_pending")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("search_pending")
    for column in ("tokens", "title_tokens"):
        op.drop_index(f"ix_search_document_{column}", "search_document")
    op.drop_table("search_document")
