"""Links to a record in the order in which they are shown, without sorting."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BEFORE = ["target_id", "type_id", "source_type", "source_id"]


def upgrade() -> None:
    """Apply the change."""
    op.drop_index("ix_relation_target", "relation")
    op.create_index("ix_relation_target", "relation", [*_BEFORE, "ordinal"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_relation_target", "relation")
    op.create_index("ix_relation_target", "relation", _BEFORE)
