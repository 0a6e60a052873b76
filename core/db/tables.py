"""The shared tables of the core that carry every record: registry ids, records, relations, closure, journal, outbox.

Identity, files and collaboration keep theirs in their own packages on the same metadata (owner ``core``).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, text

from weft.core.db.types import RecordId, UtcDateTime, json_type, long_text, short_text

__all__ = [
    "NAMING", "change_set", "core_metadata", "entity_type", "id_block", "installation", "journal", "outbox", "record",
    "relation", "relation_closure", "relation_type",
]  # fmt: skip

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: Metadata of everything the core owns; its migrations see only this.
core_metadata = MetaData(naming_convention=NAMING, info={"owner": "core"})

#: Persistent small ids of entity types; never reused, kept when the plugin goes.
entity_type = Table(
    "entity_type", core_metadata,
    Column("id", Integer(), primary_key=True),
    Column("key", String(100), nullable=False, unique=True),
    Column("label", json_type(), nullable=False),          # locale -> label, for readable stubs
)  # fmt: skip

relation_type = Table(
    "relation_type", core_metadata,
    Column("id", Integer(), primary_key=True),
    Column("key", String(100), nullable=False, unique=True),
    Column("inverse_key", String(100), nullable=False),
    Column("label", json_type(), nullable=False),
    Column("inverse_label", json_type(), nullable=False),
)  # fmt: skip

#: One slim row per record of every entity; kept equal to the entity tables by triggers.
record = Table(
    "record", core_metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("type_id", Integer(), ForeignKey("entity_type.id"), nullable=False),
    Column("title", long_text(), nullable=False, server_default=""),
    Column("number", short_text(40)),
    Column("owner_id", RecordId),
    Column("unit_id", RecordId),
    Column("state", short_text(40)),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("updated_at", UtcDateTime(), nullable=False),
    Column("version", Integer(), nullable=False, server_default="1"),
    Column("deleted_at", UtcDateTime()),
    Index("ix_record_type_updated", "type_id", "updated_at", "id"),
)  # fmt: skip

#: Edges. ``functional`` and ``inverse_functional`` are 1 where the type's cardinality allows one edge per end, else
#: NULL; partial unique indexes over them make cardinality safe against races.
relation = Table(
    "relation", core_metadata,
    Column("source_id", RecordId, ForeignKey("record.id", ondelete="RESTRICT"), primary_key=True),
    Column("type_id", Integer(), ForeignKey("relation_type.id"), primary_key=True),
    Column("target_type", Integer(), nullable=False, primary_key=True),
    Column("target_id", RecordId, ForeignKey("record.id", ondelete="RESTRICT"), primary_key=True),
    Column("ordinal", Integer(), primary_key=True, server_default="0"),
    Column("source_type", Integer(), nullable=False),
    Column("origin", String(1), nullable=False, server_default="l"),   # l = linked by hand, f = written by a field
    Column("attributes", json_type()),
    Column("valid_from", UtcDateTime()),
    Column("valid_to", UtcDateTime()),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
    Column("functional", Integer()),
    Column("inverse_functional", Integer()),
    Index("ix_relation_target", "target_id", "type_id", "source_type", "source_id", "ordinal"),
    Index("uq_relation_functional", "source_id", "type_id", unique=True,
          sqlite_where=text("functional = 1 AND valid_to IS NULL"),
          postgresql_where=text("functional = 1 AND valid_to IS NULL")),
    Index("uq_relation_inverse_functional", "target_id", "type_id", unique=True,
          sqlite_where=text("inverse_functional = 1 AND valid_to IS NULL"),
          postgresql_where=text("inverse_functional = 1 AND valid_to IS NULL")),
    sqlite_with_rowid=False,
)  # fmt: skip

#: Transitive closure of acyclic relation types that a grant follows with ``tree(...)``; depth 0 is the record itself.
relation_closure = Table(
    "relation_closure", core_metadata,
    Column("type_id", Integer(), primary_key=True),
    Column("ancestor_id", RecordId, primary_key=True),
    Column("descendant_id", RecordId, primary_key=True),
    Column("depth", Integer(), nullable=False),
    Index("ix_relation_closure_descendant", "type_id", "descendant_id", "ancestor_id"),
    sqlite_with_rowid=False,
)  # fmt: skip

#: One row per business operation; what Undo takes back as a whole.
change_set = Table(
    "change_set", core_metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime(), nullable=False),
    Column("user_id", RecordId),
    Column("on_behalf_of", RecordId),
    Column("door", String(20), nullable=False),            # page, rest, import, job, command, demo
    Column("kind", String(40), nullable=False),            # create, update, bulk, import, action:<key>, undo ...
    Column("summary", json_type()),
    Column("undone_by", RecordId),
    Column("undoes", RecordId),
)  # fmt: skip

#: Append-only history: one row per record and operation; ``changes`` = {field: [old, new]} in API values.
journal = Table(
    "journal", core_metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("change_set_id", RecordId, ForeignKey("change_set.id"), nullable=False, index=True),
    Column("at", UtcDateTime(), nullable=False),
    Column("user_id", RecordId),
    Column("record_id", RecordId),
    Column("type_id", Integer()),
    Column("action", String(60), nullable=False),          # create, update, delete, restore, link, unlink, <action key>
    Column("version", Integer()),
    Column("changes", json_type(), nullable=False),
    Column("seal", String(64)),                            # hash chain, filled by a job
    Index("ix_journal_record", "record_id", "id"),
    Index("ix_journal_at", "at", "id"),
)  # fmt: skip

#: Events to publish and jobs to run, written in the business transaction.
outbox = Table(
    "outbox", core_metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("kind", String(10), nullable=False),            # event, job
    Column("topic", String(100), nullable=False),          # event key or job key
    Column("dedup_key", String(200), unique=True),
    Column("payload", json_type(), nullable=False),
    Column("state", String(10), nullable=False, server_default="ready"),   # ready, running, done, failed, dead
    Column("run_at", UtcDateTime(), nullable=False),
    Column("lease_until", UtcDateTime()),
    Column("worker", String(80)),
    Column("tries", Integer(), nullable=False, server_default="0"),
    Column("last_error", long_text()),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("done_at", UtcDateTime()),
    Index("ix_outbox_ready", "state", "run_at", "id"),
)  # fmt: skip

#: Next free id per block name on SQLite; PostgreSQL uses a sequence.
id_block = Table(
    "id_block", core_metadata,
    Column("name", String(60), primary_key=True),
    Column("next", BigInteger(), nullable=False),
)  # fmt: skip

#: Key/value of the installation itself: trigger hash, company settings, demo mark.
installation = Table(
    "installation", core_metadata,
    Column("key", String(100), primary_key=True),
    Column("value", json_type()),
    Column("secret", Boolean(), nullable=False, server_default=text("false")),
)  # fmt: skip
