"""Tables of what people add around records: comments, followers, tags, notices, favourites, saved views, home pages."""

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

__all__ = [
    "comment", "favourite", "follower", "home_layout", "notice", "recent_record", "record_tag", "saved_view", "tag",
]  # fmt: skip

#: What was said about a record. ``audience`` is ``internal`` (people of the company) or ``shared`` (all who may read
#: the record); removed comments keep their row without text.
comment = Table(
    "comment", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("record_id", RecordId, ForeignKey("record.id"), nullable=False),
    Column("author_id", RecordId, ForeignKey("app_user.id")),
    Column("audience", String(10), nullable=False, server_default="internal"),
    Column("text", long_text(), nullable=False),
    Column("mentions", json_type()),                        # ids of users named in it
    Column("created_at", UtcDateTime(), nullable=False),
    Column("edited_at", UtcDateTime()),
    Column("removed_at", UtcDateTime()),
    Column("author_name", short_text(200)),                 # of somebody without an account, whose words came by mail
    CheckConstraint("audience IN ('internal', 'shared')", name="audience"),
    Index("ix_comment_record", "record_id", "created_at", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip

#: Who wants to hear of changes of a record.
follower = Table(
    "follower", core_metadata,
    Column("record_id", RecordId, ForeignKey("record.id"), primary_key=True, autoincrement=False),
    Column("user_id", RecordId, ForeignKey("app_user.id"), primary_key=True, autoincrement=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Index("ix_follower_user", "user_id", "record_id"),
)  # fmt: skip

#: Words the company sorts records by; shared by all, ``word`` is the label in lower case.
tag = Table(
    "tag", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("word", short_text(60), nullable=False, unique=True),
    Column("label", short_text(60), nullable=False),
    Column("tone", String(10), nullable=False, server_default="grey"),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
    sqlite_autoincrement=True,
)  # fmt: skip

record_tag = Table(
    "record_tag", core_metadata,
    Column("record_id", RecordId, ForeignKey("record.id"), primary_key=True, autoincrement=False),
    Column("tag_id", RecordId, ForeignKey("tag.id"), primary_key=True, autoincrement=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
    Index("ix_record_tag_tag", "tag_id", "record_id"),
)  # fmt: skip

#: What one person should know. The text is made when it is shown, from ``kind`` and ``data``.
notice = Table(
    "notice", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("user_id", RecordId, ForeignKey("app_user.id"), nullable=False),
    Column("kind", String(40), nullable=False),             # mention, comment, assigned, changed, or a plugin's own key
    Column("record_id", RecordId, ForeignKey("record.id")),
    Column("actor_id", RecordId),
    Column("data", json_type()),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("read_at", UtcDateTime()),
    Column("done_at", UtcDateTime()),
    Column("snoozed_until", UtcDateTime()),
    Column("change_set", RecordId),                         # what it tells of; when that is undone, it says so
    Column("at_sign_in", Boolean(), nullable=False, server_default=text("false")),  # shown once, on the next home page
    Index("ix_notice_user", "user_id", "done_at", "created_at", "id"),
    Index("ix_notice_record", "record_id"),
    sqlite_autoincrement=True,
)  # fmt: skip

favourite = Table(
    "favourite", core_metadata,
    Column("user_id", RecordId, ForeignKey("app_user.id"), primary_key=True, autoincrement=False),
    Column("record_id", RecordId, ForeignKey("record.id"), primary_key=True, autoincrement=False),
    Column("position", Integer(), nullable=False, server_default="0"),
    Index("ix_favourite_record", "record_id"),
)  # fmt: skip

recent_record = Table(
    "recent_record", core_metadata,
    Column("user_id", RecordId, ForeignKey("app_user.id"), primary_key=True, autoincrement=False),
    Column("record_id", RecordId, ForeignKey("record.id"), primary_key=True, autoincrement=False),
    Column("at", UtcDateTime(), nullable=False),
    Index("ix_recent_record_record", "record_id"),
)  # fmt: skip

#: A list as somebody set it up: filters, columns, sort and layout in ``state``.
saved_view = Table(
    "saved_view", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("entity", short_text(100), nullable=False),
    Column("name", short_text(80), nullable=False),
    Column("owner_id", RecordId, ForeignKey("app_user.id"), nullable=False),
    Column("shared", Boolean(), nullable=False, server_default=text("false")),
    Column("state", json_type(), nullable=False),
    Column("position", Integer(), nullable=False, server_default="100"),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("updated_at", UtcDateTime(), nullable=False),
    Index("ix_saved_view_entity", "entity", "owner_id"),
    sqlite_autoincrement=True,
)  # fmt: skip

#: Which tiles stand on a home page: of one person, or the company's default for a role.
home_layout = Table(
    "home_layout", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("portal", short_text(40), nullable=False),
    Column("user_id", RecordId, ForeignKey("app_user.id")),
    Column("role", short_text(100)),
    Column("layout", json_type(), nullable=False),
    Column("updated_at", UtcDateTime(), nullable=False),
    UniqueConstraint("portal", "user_id"),
    UniqueConstraint("portal", "role"),
    CheckConstraint("(user_id IS NULL) <> (role IS NULL)", name="one_holder"),
    sqlite_autoincrement=True,
)  # fmt: skip
