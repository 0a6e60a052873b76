"""Base class of entity types: declared fields become a plain table with its own mapper.

Every table repeats the header columns of ``record``; triggers generated from the same metadata keep both equal.
One ORM registry per plugin, so that a bad mapper of one plugin cannot break another's. No ``relationship()``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    text,
)
from sqlalchemy.orm import registry as OrmRegistry

from weft.core.db.fields import TEXT_KINDS, Field, Kind
from weft.core.db.tables import NAMING, core_metadata, record
from weft.core.db.types import ExactDecimal, RecordId, UtcDateTime, json_type, long_text, short_text
from weft.core.errors import DeclarationError
from weft.core.i18n import Text

__all__ = [
    "FEATURES",
    "HEADER",
    "Entity",
    "EntitySpec",
    "ExtensionSpec",
    "extension_table",
    "orm_registry",
    "plugin_metadata",
]

#: Column names every entity table has, in this order.
HEADER = (
    "id", "title", "number", "owner_id", "unit_id", "state", "created_at", "updated_at", "version", "deleted_at",
)  # fmt: skip
#: Names a plugin may not use for a field: header columns and words of the API.
RESERVED = frozenset({*HEADER, "type", "owner", "unit", "q", "limit", "cursor", "sort", "fields", "include", "count"})
#: What an entity can switch on; all of them by default.
FEATURES = frozenset({"comments", "attachments", "tags", "followers", "search", "import", "export", "links"})

_metadata: dict[str, MetaData] = {}
_orm: dict[str, OrmRegistry] = {}


@dataclass(frozen=True, slots=True)
class EntitySpec:
    """What the class statement of an entity declared.

    Attributes:
        key: ``plugin.entity``.
        label, plural: words on screen, singular and plural.
        slug: last part of the addresses, an English plural.
        icon: key of the icon sprite.
        title: name(s) of the text fields that make the record's title.
        alt_title: field with the name in the other script, shown beneath in lists.
        traits: trait keys this entity claims.
        features: subset of :data:`FEATURES`.
        number: prefix of a plain number series given at insert (``OPP-``), or empty.
        sort: default sort of lists, e.g. ``-updated_at``.
        columns: field names shown in lists by default.
        fields: declared fields by name, in declaration order.
        sections: form sections, key -> label, in order.
        audience_titles: False where even the title is internal.
        dormant: boolean field whose rows are left out of searches, pickers and lists while no filter names it, or
            empty.
        private: what people say to each other: nobody reads it while looking as somebody else.
    """

    key: str
    label: Text
    plural: Text
    slug: str
    icon: str
    title: tuple[str, ...]
    alt_title: str | None = None
    traits: frozenset[str] = frozenset()
    features: frozenset[str] = FEATURES
    number: str = ""
    sort: str = "-updated_at"
    columns: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    sections: Mapping[str, Text] = field(default_factory=dict)
    dormant: str = ""
    private: bool = False

    @property
    def plugin(self) -> str:
        """Key of the declaring plugin."""
        return self.key.split(".", 1)[0]

    @property
    def table_name(self) -> str:
        """Name of the table: ``plugin_entity``."""
        return self.key.replace(".", "_")


@dataclass(frozen=True, slots=True)
class ExtensionSpec:
    """Fields a plugin contributes to another plugin's entity; stored in a table of the contributor.

    Attributes:
        plugin: the contributor.
        entity: key of the extended entity; dormant when it is not installed.
        fields: fields by full name ``<plugin>_<field>``.
        table: ``<plugin>_x_<entity table>``.
    """

    plugin: str
    entity: str
    fields: Mapping[str, Field]
    table: Table


def plugin_metadata(plugin: str) -> MetaData:
    """The table collection of one plugin; its migrations see only this. Entities of the core share the core's."""
    if plugin not in _metadata:
        own = core_metadata if plugin == "core" else MetaData(naming_convention=NAMING, info={"owner": plugin})
        _metadata[plugin] = own
        _orm[plugin] = OrmRegistry(metadata=own)
    return _metadata[plugin]


def orm_registry(plugin: str) -> OrmRegistry:
    """The ORM registry that maps the entities of one plugin."""
    plugin_metadata(plugin)
    return _orm[plugin]


class Entity:
    """Base class of all entity types; see design section 4 for the whole of a small plugin.

    Class keywords: ``key`` and ``label`` are compulsory; ``plural`` defaults to the label with an ``s``, ``slug`` to
    the plural of the key's last part, ``title`` to the first text field.
    """

    spec: ClassVar[EntitySpec]
    __table__: ClassVar[Table]

    id: Any
    title: Any
    number: Any
    owner_id: Any
    unit_id: Any
    state: Any
    created_at: Any
    updated_at: Any
    version: Any
    deleted_at: Any

    def __init_subclass__(
        cls,
        *,
        key: str,
        label: Text,
        plural: Text | None = None,
        slug: str | None = None,
        icon: str = "square",
        title: str | Sequence[str] = (),
        alt_title: str | None = None,
        traits: Sequence[str] = (),
        features: Sequence[str] = tuple(FEATURES),
        number: str = "",
        sort: str = "-updated_at",
        columns: Sequence[str] = (),
        sections: Mapping[str, Text] | None = None,
        dormant: str = "",
        private: bool = False,
        **unknown: Any,
    ) -> None:
        super().__init_subclass__()
        plugin, _, local = key.partition(".")
        if not plugin or not local or unknown:
            problem = f"unknown keyword {sorted(unknown)}." if unknown else "the key must read plugin.entity."
            raise DeclarationError(plugin or key, key, problem, "compare with the plugin guide.")
        fields = {name: value.named(name) for name, value in vars(cls).items() if isinstance(value, Field)}
        titles = (title,) if isinstance(title, str) else tuple(title)
        cls.spec = EntitySpec(
            key=key,
            label=label,
            plural=plural or label,
            slug=slug or _plural(local.replace("_", "-")),
            icon=icon,
            title=titles or _first_text(plugin, key, fields),
            alt_title=alt_title,
            traits=frozenset(traits),
            features=frozenset(features),
            number=number,
            sort=sort,
            columns=tuple(columns) or tuple(name for name, f in fields.items() if f.stored)[:6],
            fields=fields,
            sections=dict(sections or {}),
            dormant=dormant,
            private=private,
        )
        _check(cls.spec)
        cls.__table__ = _table(cls.spec)
        for name in fields:
            delattr(cls, name)
        _orm[plugin].map_imperatively(cls, cls.__table__, version_id_col=cls.__table__.c.version)


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def _first_text(plugin: str, key: str, fields: Mapping[str, Field]) -> tuple[str, ...]:
    for name, declared in fields.items():
        if declared.kind is Kind.TEXT:
            return (name,)
    raise DeclarationError(plugin, key, "no field can serve as title.", 'give title="..." or declare a text field.')


def _check(spec: EntitySpec) -> None:
    def wrong(name: str, problem: str, remedy: str) -> DeclarationError:
        return DeclarationError(spec.plugin, f"{spec.key}.{name}" if name else spec.key, problem, remedy)

    for name in (*spec.title, *(filter(None, [spec.alt_title]))):
        if name not in spec.fields or spec.fields[name].kind not in TEXT_KINDS | {Kind.CHOICE}:
            raise wrong(name, "a title must be made of stored text fields.", "name declared text fields in title=.")
    for name in spec.columns:
        if name not in spec.fields and name not in RESERVED:
            raise wrong(name, "columns names a field that is not declared.", "correct the name in columns=.")
    if spec.dormant and (spec.dormant not in spec.fields or spec.fields[spec.dormant].kind is not Kind.BOOLEAN):
        raise wrong(spec.dormant, "dormant names no boolean field.", "name a declared boolean field in dormant=.")
    states = [name for name, declared in spec.fields.items() if declared.state]
    if len(states) > 1:
        raise wrong(states[1], "only one field can be the state.", "keep state=True on one choice field.")
    for name, declared in spec.fields.items():
        if name in RESERVED or name.startswith("_") or not name.isidentifier():
            raise wrong(name, "this name is reserved.", "choose another field name.")
        if declared.kind is Kind.REFERENCE and not (declared.relation and declared.inverse):
            raise wrong(name, "a reference needs relation= and inverse=.", "name the relation in both directions.")
        if declared.kind is Kind.COMPUTED and not (declared.sql or declared.python):
            raise wrong(name, "a computed field needs sql= or python=.", "give one of them.")
    unknown = spec.features - FEATURES
    if unknown:
        raise wrong("", f"unknown features {sorted(unknown)}.", f"choose from {sorted(FEATURES)}.")


def _table(spec: EntitySpec) -> Table:
    metadata = plugin_metadata(spec.plugin)
    state = next((f.name for f in spec.fields.values() if f.state), None)
    columns: list[Column[Any]] = [
        # No foreign key to record, whose row the triggers make after this one: while it is missing, SQLite looks for it
        # in every table that refers to record, once per new row (ADR 0004: 6 times slower with 70 entities).
        Column("id", RecordId, primary_key=True, autoincrement=False),
        Column("title", long_text(), Computed(_title_sql(spec), persisted=True)),
        Column("number", short_text(40)),
        Column("owner_id", RecordId),
        Column("unit_id", RecordId),
        Column("state", short_text(40), Computed(f'"{state}"', persisted=True))
        if state
        else Column("state", short_text(40)),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False, server_default=text("1")),
        Column("deleted_at", UtcDateTime()),
    ]
    for declared in spec.fields.values():
        columns.extend(_columns(declared))
    table = Table(spec.table_name, metadata, *columns, info={"owner": spec.plugin, "entity": spec.key})
    _add_indexes(spec, table)
    return table


def _title_sql(spec: EntitySpec) -> str:
    parts = [f"coalesce(\"{name}\", '')" for name in spec.title]  # quoted: a field may be called "order"
    return parts[0] if len(parts) == 1 else f"""trim({" || ' ' || ".join(parts)})"""


def _columns(declared: Field) -> list[Column[Any]]:
    """Columns of one field: none when computed, two for money."""
    name = declared.name
    match declared.kind:
        case Kind.COMPUTED:
            return []
        case Kind.TEXT | Kind.EMAIL | Kind.PHONE | Kind.URL:
            return [Column(name, short_text(declared.max_length or 255))]
        case Kind.MULTILINE | Kind.MARKDOWN:
            return [Column(name, long_text())]
        case Kind.INTEGER:
            return [Column(name, RecordId)]
        case Kind.DECIMAL:
            return [Column(name, ExactDecimal(declared.scale))]
        case Kind.MONEY:
            return [Column(name, ExactDecimal(declared.scale)), Column(declared.currency_name, String(3))]
        case Kind.DATE:
            return [Column(name, Date())]
        case Kind.DATETIME:
            return [Column(name, UtcDateTime())]
        case Kind.BOOLEAN:
            return [Column(name, Boolean())]
        case Kind.CHOICE:
            return [Column(name, short_text(40))]
        case Kind.MULTI_CHOICE | Kind.ADDRESS:
            return [Column(name, json_type())]
        case Kind.REFERENCE:
            return [Column(name, RecordId, ForeignKey(record.c.id))]
        case Kind.FILE | Kind.USER | Kind.UNIT:
            return [Column(name, RecordId)]
    raise AssertionError(declared.kind)


def _add_indexes(spec: EntitySpec, table: Table) -> None:
    """Indexes of an entity: default sorts, owner, unit, number, references, declared indexes, unique fields."""
    live = text("deleted_at IS NULL")
    name = spec.table_name
    Index(f"ix_{name}_updated", table.c.updated_at, table.c.id)
    Index(f"ix_{name}_created", table.c.created_at, table.c.id)
    Index(f"ix_{name}_title", table.c.title, table.c.id)
    Index(f"ix_{name}_owner", table.c.owner_id, table.c.updated_at, table.c.id)
    Index(f"ix_{name}_unit", table.c.unit_id, table.c.updated_at, table.c.id)
    Index(f"ix_{name}_state", table.c.state, table.c.updated_at, table.c.id)
    if spec.number:
        Index(f"uq_{name}_number", table.c.number, unique=True)
    for declared in spec.fields.values():
        if not declared.stored:
            continue
        column = table.c[declared.name]
        if declared.unique:
            Index(f"uq_{name}_{declared.name}", column, unique=True, sqlite_where=live, postgresql_where=live)
        # SQLite looks for rows that point at every new record, and a partial index does not help it there: a reference
        # without a whole index makes each insert read the table (60 times slower at 20,000 rows). Files are found by
        # who names them.
        if declared.kind in (Kind.REFERENCE, Kind.FILE) or (declared.index and not declared.unique):
            Index(f"ix_{name}_{declared.name}", column, table.c.id)


def extension_table(plugin: str, entity: str, fields: Mapping[str, Field]) -> Table:
    """Make the table that holds a plugin's fields on another plugin's entity."""
    columns: list[Column[Any]] = [
        Column("id", RecordId, ForeignKey(record.c.id), primary_key=True, autoincrement=False)
    ]
    for declared in fields.values():
        columns.extend(_columns(declared))
    name = f"{plugin}_x_{entity.replace('.', '_')}"
    metadata = plugin_metadata(plugin)
    known = metadata.tables.get(name)
    if known is not None:  # a registry is built again when a plugin is quarantined or a test boots anew
        metadata.remove(known)
    table = Table(name, metadata, *columns, info={"owner": plugin, "extends": entity})
    for declared in fields.values():
        if declared.stored and (declared.index or declared.kind in (Kind.REFERENCE, Kind.FILE)):
            Index(f"ix_{name}_{declared.name}", table.c[declared.name], table.c.id)
    return table
