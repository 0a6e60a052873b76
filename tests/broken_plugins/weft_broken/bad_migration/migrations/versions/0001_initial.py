"""Make a table, then fail: nothing of it may stay."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    """Fail half-way."""
    op.create_table("broken_migration_half", sa.Column("id", sa.Integer(), primary_key=True))
    raise ZeroDivisionError("a migration that fails half-way")


def downgrade():
    """Take the table away."""
    op.drop_table("broken_migration_half")
