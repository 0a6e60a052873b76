"""Tables of the portals: how each looks, its terms, who agreed to them, who asks to be let in; owner ``core``.

A column with ``info={"file": True}`` names an uploaded file that the collector must keep.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from weft.core.db.tables import core_metadata
from weft.core.db.types import RecordId, UtcDateTime, json_type, long_text, short_text

__all__ = ["portal_face", "portal_text", "registration", "user_consent"]

#: What administrators made of a portal. A portal without a row looks and reads as its plugin declared it.
portal_face = Table(
    "portal_face", core_metadata,
    Column("portal", String(40), primary_key=True),
    Column("names", json_type(), nullable=False),           # locale -> name; empty for the company's
    Column("logo_file", RecordId, ForeignKey("file.id"), info={"file": True}),
    Column("accent", String(7)),                            # #rrggbb on light grounds
    Column("accent_dark", String(7)),                       # the same on dark grounds
    Column("host", String(253), unique=True),
    Column("locales", json_type(), nullable=False),         # languages offered; empty for all
    Column("registration", Boolean(), nullable=False, server_default=text("false")),
    Column("menu", json_type(), nullable=False),            # entry or group -> {"place", "hidden", "label"}
    Column("version", Integer(), nullable=False, server_default="1"),
    Column("updated_at", UtcDateTime(), nullable=False),
)  # fmt: skip

#: Terms and privacy page of a portal: every version that was ever shown, never changed afterwards.
portal_text = Table(
    "portal_text", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("portal", String(40), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("version", Integer(), nullable=False),
    Column("texts", json_type(), nullable=False),           # locale -> Markdown
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
    UniqueConstraint("portal", "kind", "version"),
    CheckConstraint("kind IN ('terms', 'privacy')", name="kind"),
    sqlite_autoincrement=True,
)  # fmt: skip

#: Which version of which text a person agreed to, and when.
user_consent = Table(
    "user_consent", core_metadata,
    Column("user_id", RecordId, ForeignKey("app_user.id"), primary_key=True, autoincrement=False),
    Column("portal", String(40), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("version", Integer(), primary_key=True, autoincrement=False),
    Column("at", UtcDateTime(), nullable=False),
)  # fmt: skip

#: People who asked for an account of a portal that lets them ask. ``consent`` is kind -> version they agreed to.
registration = Table(
    "registration", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("portal", String(40), nullable=False),
    Column("state", String(10), nullable=False, server_default="waiting"),
    Column("organisation", short_text(200), nullable=False),
    Column("name", short_text(120), nullable=False),
    Column("email", short_text(254), nullable=False),
    Column("locale", String(10), nullable=False),
    Column("note", long_text()),
    Column("consent", json_type(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("decided_at", UtcDateTime()),
    Column("decided_by", RecordId),
    Column("reason", long_text()),
    Column("user_id", RecordId, ForeignKey("app_user.id")),
    CheckConstraint("state IN ('waiting', 'approved', 'refused')", name="state"),
    Index("ix_registration_state", "state", "created_at", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip
