"""Tables of people, units, rights and sign-in; owner ``core``. No entity of the registry points here (R7, R9).

Ids are numbered by the database itself: they are no record ids. Secrets stand apart from what may be listed
(``credential``) or are kept as hashes only; tables with ``info["secret"]`` are never exported.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from weft.core.db.tables import core_metadata
from weft.core.db.types import RecordId, UtcDateTime, json_type, short_text

__all__ = [
    "access_role", "access_rule", "anchor", "api_token", "app_user", "credential", "deputy", "external_identity",
    "membership", "one_time_link", "org_closure", "org_unit", "recovery_code", "second_factor", "sign_in_attempt",
    "sign_in_pending", "spent_token", "user_preference", "user_role", "user_session",
]  # fmt: skip

_SECRET = {"owner": "core", "secret": True}

#: A person (or machine account) in one audience. ``version`` grows with every change of rights, so that a cached
#: principal is never older than the last request.
app_user = Table(
    "app_user", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("audience", String(20), nullable=False),
    Column("email", short_text(254), nullable=False),       # lower case
    Column("name", short_text(120), nullable=False),
    Column("name_alt", short_text(120)),                    # the name in the other script
    Column("phone", String(24)),                            # E.164
    Column("locale", String(10), nullable=False, server_default="en"),
    Column("zone", String(64), nullable=False, server_default="UTC"),
    Column("theme", String(10), nullable=False, server_default="auto"),
    Column("active", Boolean(), nullable=False, server_default=text("true")),
    Column("version", Integer(), nullable=False, server_default="1"),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("invited_at", UtcDateTime()),
    Column("last_seen_at", UtcDateTime()),
    Column("deactivated_at", UtcDateTime()),
    Column("roles_at", UtcDateTime()),                      # last change of roles: older cookies are renewed
    UniqueConstraint("audience", "email"),
    UniqueConstraint("id", "audience"),
    CheckConstraint("email = lower(email)", name="email_lower"),
    CheckConstraint("audience IN ('employee', 'customer', 'supplier', 'distributor')", name="audience"),
    sqlite_autoincrement=True,
)  # fmt: skip

#: Password hashes, apart from everything that is ever listed.
credential = Table(
    "credential", core_metadata,
    Column("user_id", RecordId, ForeignKey("app_user.id"), primary_key=True, autoincrement=False),
    Column("password_hash", String(255), nullable=False),
    Column("changed_at", UtcDateTime(), nullable=False),
    info=_SECRET,
)  # fmt: skip

#: The second step of signing in. The secret is sealed with a key that is not in the database; ``last_step`` is the
#: time step of the last code taken, so that no code is good twice.
second_factor = Table(
    "second_factor", core_metadata,
    Column("user_id", RecordId, ForeignKey("app_user.id"), primary_key=True, autoincrement=False),
    Column("secret", String(400), nullable=False),
    Column("last_step", Integer(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    info=_SECRET,
)  # fmt: skip

#: Codes for the day when the telephone is gone; keyed hashes, each good once.
recovery_code = Table(
    "recovery_code", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("user_id", RecordId, ForeignKey("app_user.id"), nullable=False, index=True),
    Column("code_hash", String(64), nullable=False),
    Column("used_at", UtcDateTime()),
    UniqueConstraint("user_id", "code_hash"),
    sqlite_autoincrement=True,
    info=_SECRET,
)  # fmt: skip

#: Accounts at sign-in providers: the pair of issuer and subject is the identity, never an address (R25).
external_identity = Table(
    "external_identity", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("user_id", RecordId, ForeignKey("app_user.id"), nullable=False, index=True),
    Column("audience", String(20), nullable=False),
    Column("provider", String(40), nullable=False),         # key of the setting it came by
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("label", short_text(254)),                       # what the provider calls it, only to be shown
    Column("linked_at", UtcDateTime(), nullable=False),
    Column("linked_by", RecordId),
    Column("last_used_at", UtcDateTime()),
    UniqueConstraint("audience", "issuer", "subject"),
    sqlite_autoincrement=True,
    info=_SECRET,
)  # fmt: skip

#: Organisational units: companies, departments, groups.
org_unit = Table(
    "org_unit", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("parent_id", RecordId, ForeignKey("org_unit.id"), index=True),
    Column("name", short_text(120), nullable=False),
    Column("name_alt", short_text(120)),
    Column("position", Integer(), nullable=False, server_default="0"),   # order among its siblings
    Column("active", Boolean(), nullable=False, server_default=text("true")),
    Column("created_at", UtcDateTime(), nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

#: Every unit with every unit above it, itself included at depth 0.
org_closure = Table(
    "org_closure", core_metadata,
    Column("ancestor_id", RecordId, ForeignKey("org_unit.id"), primary_key=True, autoincrement=False),
    Column("descendant_id", RecordId, ForeignKey("org_unit.id"), primary_key=True, autoincrement=False),
    Column("depth", Integer(), nullable=False),
    Index("ix_org_closure_descendant", "descendant_id", "ancestor_id"),
    sqlite_with_rowid=False,
)  # fmt: skip

#: Who belongs to which unit, as what, since when and until when (``valid_to`` is exclusive).
membership = Table(
    "membership", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("user_id", RecordId, ForeignKey("app_user.id"), nullable=False, index=True),
    Column("unit_id", RecordId, ForeignKey("org_unit.id"), nullable=False, index=True),
    Column("position", short_text(120)),                    # "Account manager, China"
    Column("position_alt", short_text(120)),
    Column("head", Boolean(), nullable=False, server_default=text("false")),
    Column("valid_from", UtcDateTime(), nullable=False),
    Column("valid_to", UtcDateTime()),
    sqlite_autoincrement=True,
)  # fmt: skip

#: Roles besides the audience's base role. ``role_audience`` is the role's own audience: the check and the foreign key
#: make it impossible that an outsider holds an internal role or the other way round, whoever writes the row.
user_role = Table(
    "user_role", core_metadata,
    Column("user_id", RecordId, primary_key=True, autoincrement=False),
    Column("role", String(100), primary_key=True),
    Column("audience", String(20), nullable=False),
    Column("role_audience", String(20), nullable=False),
    Column("granted_at", UtcDateTime(), nullable=False),
    Column("granted_by", RecordId),
    ForeignKeyConstraint(["user_id", "audience"], ["app_user.id", "app_user.audience"]),
    CheckConstraint("audience = role_audience", name="same_audience"),
    Index("ix_user_role_role", "role", "user_id"),
)  # fmt: skip

#: The records that stand for a user: own person record, own organisations.
anchor = Table(
    "anchor", core_metadata,
    Column("user_id", RecordId, ForeignKey("app_user.id"), primary_key=True, autoincrement=False),
    Column("record_id", RecordId, ForeignKey("record.id"), primary_key=True, autoincrement=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
    Index("ix_anchor_record", "record_id", "user_id"),
)  # fmt: skip

#: Signed-in browsers. The cookie holds 256 random bits; only their hash is here.
user_session = Table(
    "user_session", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("previous_hash", String(64), index=True),        # before the last renewal, good for a few seconds more
    Column("user_id", RecordId, ForeignKey("app_user.id"), nullable=False, index=True),
    Column("audience", String(20), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("issued_at", UtcDateTime(), nullable=False),     # when the present cookie was given out
    Column("last_seen_at", UtcDateTime(), nullable=False),
    Column("expires_at", UtcDateTime(), nullable=False),    # absolute end
    Column("idle_seconds", Integer(), nullable=False, server_default="1800"),
    Column("address", String(45)),
    Column("agent", String(300)),
    Column("revoked_at", UtcDateTime()),
    Column("confirmed_at", UtcDateTime()),                  # last proof of who it is: password, code or provider
    Column("provider", String(40)),                         # sign-in provider it was opened by, if any
    Column("viewing_id", RecordId, ForeignKey("app_user.id")),   # looks as this person now ("view as")
    sqlite_autoincrement=True,
    info=_SECRET,
)  # fmt: skip

#: The password was right, a second step is missing: hashed, minutes long, no session.
sign_in_pending = Table(
    "sign_in_pending", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", RecordId, ForeignKey("app_user.id"), nullable=False, index=True),
    Column("audience", String(20), nullable=False),
    Column("step", String(10), nullable=False),             # code, enrol
    Column("provider", String(40)),
    Column("tries", Integer(), nullable=False, server_default="0"),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("expires_at", UtcDateTime(), nullable=False),
    Column("used_at", UtcDateTime()),
    sqlite_autoincrement=True,
    info=_SECRET,
)  # fmt: skip

#: Values that carry their own content and are good once (answers of providers): noted until they end by themselves.
spent_token = Table(
    "spent_token", core_metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("expires_at", UtcDateTime(), nullable=False, index=True),
    info=_SECRET,
)  # fmt: skip

#: Bearer tokens of the REST interface; shown once, kept as hash.
api_token = Table(
    "api_token", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("hint", String(16), nullable=False),             # its first characters, to tell tokens apart
    Column("user_id", RecordId, ForeignKey("app_user.id"), nullable=False, index=True),
    Column("name", short_text(120), nullable=False),
    Column("scopes", json_type()),                          # null: all that the user may do
    Column("created_at", UtcDateTime(), nullable=False),
    Column("expires_at", UtcDateTime(), nullable=False),
    Column("last_used_at", UtcDateTime()),
    Column("revoked_at", UtcDateTime()),
    sqlite_autoincrement=True,
    info=_SECRET,
)  # fmt: skip

#: Links for reset, invitation and first set-up: hashed, one use.
one_time_link = Table(
    "one_time_link", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("purpose", String(20), nullable=False),          # reset, invite, setup
    Column("user_id", RecordId, ForeignKey("app_user.id"), index=True),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
    Column("expires_at", UtcDateTime(), nullable=False),
    Column("used_at", UtcDateTime()),
    sqlite_autoincrement=True,
    info=_SECRET,
)  # fmt: skip

#: Recent attempts to sign in or to ask for a reset link; accounts and addresses that do not exist count alike.
sign_in_attempt = Table(
    "sign_in_attempt", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("kind", String(10), nullable=False),             # sign_in, code, reset ...
    Column("account", String(64), nullable=False),          # hash of audience and address typed
    Column("address", String(45), nullable=False),
    Column("at", UtcDateTime(), nullable=False),
    Column("success", Boolean(), nullable=False),
    Index("ix_sign_in_attempt_account", "account", "at"),
    Index("ix_sign_in_attempt_address", "address", "at"),
    Index("ix_sign_in_attempt_at", "at"),
    sqlite_autoincrement=True,
)  # fmt: skip

#: Who may act for whom, for a period (``valid_to`` is exclusive).
deputy = Table(
    "deputy", core_metadata,
    Column("id", RecordId, primary_key=True),
    Column("user_id", RecordId, ForeignKey("app_user.id"), nullable=False, index=True),
    Column("deputy_id", RecordId, ForeignKey("app_user.id"), nullable=False, index=True),
    Column("valid_from", UtcDateTime(), nullable=False),
    Column("valid_to", UtcDateTime(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    CheckConstraint("user_id <> deputy_id", name="not_oneself"),
    sqlite_autoincrement=True,
)  # fmt: skip

#: What a person set for their own screens: sidebar, columns of lists ...
user_preference = Table(
    "user_preference", core_metadata,
    Column("user_id", RecordId, ForeignKey("app_user.id"), primary_key=True, autoincrement=False),
    Column("key", String(120), primary_key=True),
    Column("value", json_type()),
)  # fmt: skip

#: Roles that the company made, beside those of the plugins.
access_role = Table(
    "access_role", core_metadata,
    Column("key", String(100), primary_key=True),           # company.<word>
    Column("audience", String(20), nullable=False),
    Column("label_en", short_text(80), nullable=False),
    Column("label_zh", short_text(80), nullable=False),
    Column("help", short_text(255), nullable=False, server_default=""),
    Column("includes", json_type(), nullable=False),        # keys of roles
    Column("created_at", UtcDateTime(), nullable=False),
    Column("created_by", RecordId),
)  # fmt: skip

#: Rules of a role on an entity, where the company changed the declared ones: these and no others hold there.
access_rule = Table(
    "access_rule", core_metadata,
    Column("role", String(100), primary_key=True),
    Column("entity", String(100), primary_key=True),
    Column("rules", json_type(), nullable=False),           # see weft.core.registry.rules
    Column("changed_at", UtcDateTime(), nullable=False),
    Column("changed_by", RecordId),
)  # fmt: skip
