"""Dates of milestones that customers agree to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from weft.core.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("projects_milestone", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("agreed_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("agreed_by", types.short_text(200), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("projects_milestone", schema=None) as batch_op:
        batch_op.drop_column("agreed_by")
        batch_op.drop_column("agreed_at")
        batch_op.drop_column("moved_from")
