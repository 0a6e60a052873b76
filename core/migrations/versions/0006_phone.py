"""phone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(length=24), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.drop_column("phone")
