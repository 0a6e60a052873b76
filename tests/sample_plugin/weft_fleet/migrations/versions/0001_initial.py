"""Make the table of vehicles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from weft.core.db import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "fleet_vehicle",
        sa.Column("id", types.RecordId, autoincrement=False, nullable=False),
        sa.Column("title", types.long_text(), sa.Computed("coalesce(\"plate\", '')", persisted=True), nullable=True),
        sa.Column("number", types.short_text(40), nullable=True),
        sa.Column("owner_id", types.RecordId, nullable=True),
        sa.Column("unit_id", types.RecordId, nullable=True),
        sa.Column("state", types.short_text(40), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("plate", types.short_text(16), nullable=True),
        sa.Column("status", types.short_text(40), nullable=True),
        sa.Column("driver", types.RecordId, nullable=True),
        sa.Column("garage", types.RecordId, nullable=True),
        sa.ForeignKeyConstraint(["driver"], ["record.id"], name=op.f("fk_fleet_vehicle_driver")),
        sa.ForeignKeyConstraint(["garage"], ["record.id"], name=op.f("fk_fleet_vehicle_garage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fleet_vehicle")),
        info={"owner": "fleet", "entity": "fleet.vehicle"},
    )
    with op.batch_alter_table("fleet_vehicle", schema=None) as batch_op:
        batch_op.create_index("ix_fleet_vehicle_created", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_fleet_vehicle_driver", ["driver", "id"], unique=False)
        batch_op.create_index("ix_fleet_vehicle_garage", ["garage", "id"], unique=False)
        batch_op.create_index("ix_fleet_vehicle_owner", ["owner_id", "updated_at", "id"], unique=False)
        batch_op.create_index("ix_fleet_vehicle_state", ["state", "updated_at", "id"], unique=False)
        batch_op.create_index("ix_fleet_vehicle_title", ["title", "id"], unique=False)
        batch_op.create_index("ix_fleet_vehicle_unit", ["unit_id", "updated_at", "id"], unique=False)
        batch_op.create_index("ix_fleet_vehicle_updated", ["updated_at", "id"], unique=False)
        batch_op.create_index(
            "uq_fleet_vehicle_plate",
            ["plate"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("fleet_vehicle", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_fleet_vehicle_plate",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.drop_index("ix_fleet_vehicle_updated")
        batch_op.drop_index("ix_fleet_vehicle_unit")
        batch_op.drop_index("ix_fleet_vehicle_title")
        batch_op.drop_index("ix_fleet_vehicle_state")
        batch_op.drop_index("ix_fleet_vehicle_owner")
        batch_op.drop_index("ix_fleet_vehicle_garage")
        batch_op.drop_index("ix_fleet_vehicle_driver")
        batch_op.drop_index("ix_fleet_vehicle_created")

    op.drop_table("fleet_vehicle")
