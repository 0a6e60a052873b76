"""second step and sign-in providers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from weft.core.db import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    _factor_tables()
    op.create_table(
        "external_identity",
        sa.Column("id", types.RecordId, nullable=False),
        sa.Column("user_id", types.RecordId, nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("label", types.short_text(254), nullable=True),
        sa.Column("linked_at", types.UtcDateTime(), nullable=False),
        sa.Column("linked_by", types.RecordId, nullable=True),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_external_identity_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_identity")),
        sa.UniqueConstraint("audience", "issuer", "subject", name=op.f("uq_external_identity_audience_issuer_subject")),
        sqlite_autoincrement=True,
        info={"owner": "core", "secret": True},
    )
    with op.batch_alter_table("external_identity", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_external_identity_user_id"), ["user_id"], unique=False)
    op.create_table(
        "sign_in_pending",
        sa.Column("id", types.RecordId, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", types.RecordId, nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("used_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_sign_in_pending_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_pending")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_pending_token_hash")),
        sqlite_autoincrement=True,
        info={"owner": "core", "secret": True},
    )
    with op.batch_alter_table("sign_in_pending", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_sign_in_pending_user_id"), ["user_id"], unique=False)
    op.create_table(
        "spent_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_spent_token")),
        info={"owner": "core", "secret": True},
    )
    with op.batch_alter_table("spent_token", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_spent_token_expires_at"), ["expires_at"], unique=False)
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("provider", sa.String(length=40), nullable=True))


def _factor_tables() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", types.RecordId, autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=400), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_second_factor_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
        info={"owner": "core", "secret": True},
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", types.RecordId, nullable=False),
        sa.Column("user_id", types.RecordId, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_code_user_id_code_hash")),
        sqlite_autoincrement=True,
        info={"owner": "core", "secret": True},
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_recovery_code_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_column("provider")
        batch_op.drop_column("confirmed_at")
    for name in ("spent_token", "sign_in_pending", "external_identity", "recovery_code", "second_factor"):
        op.drop_table(name)
