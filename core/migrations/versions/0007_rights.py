"""own roles and access rules, view as, links to single records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from weft.core.db import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "access_role",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("label_en", types.short_text(80), nullable=False),
        sa.Column("label_zh", types.short_text(80), nullable=False),
        sa.Column("help", types.short_text(255), server_default="", nullable=False),
        sa.Column("includes", types.json_type(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", types.RecordId, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_access_role")),
    )
    op.create_table(
        "access_rule",
        sa.Column("role", sa.String(100), nullable=False),
        sa.Column("entity", sa.String(100), nullable=False),
        sa.Column("rules", types.json_type(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_by", types.RecordId, nullable=True),
        sa.PrimaryKeyConstraint("role", "entity", name=op.f("pk_access_rule")),
    )
    op.create_table(
        "record_link",
        sa.Column("id", types.RecordId, autoincrement=False, nullable=False),
        sa.Column("record_id", types.RecordId, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("note", types.short_text(120), server_default="", nullable=False),
        sa.Column("fields", types.json_type(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", types.RecordId, nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_link_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_record_link_token_hash")),
        info={"owner": "core", "secret": True},
    )
    with op.batch_alter_table("record_link", schema=None) as batch_op:
        batch_op.create_index("ix_record_link_record", ["record_id"], unique=False)
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("viewing_id", types.RecordId, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_user_session_viewing_id"), "app_user", ["viewing_id"], ["id"])


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_user_session_viewing_id"), type_="foreignkey")
        batch_op.drop_column("viewing_id")
    with op.batch_alter_table("record_link", schema=None) as batch_op:
        batch_op.drop_index("ix_record_link_record")
    op.drop_table("record_link")
    op.drop_table("access_rule")
    op.drop_table("access_role")
