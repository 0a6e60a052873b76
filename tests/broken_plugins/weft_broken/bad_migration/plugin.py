"""Is sound but for its migration."""

from weft.core.sdk import ALL, Entity, Grant, Mapped, Plugin, field, hookimpl


class Gadget(Entity, key="broken_migration.gadget", label="Gadget"):
    """A record whose table is never made."""

    name: Mapped[str] = field.text("Name")


class BrokenPlugin(Plugin):
    """Its migration makes a table and then divides by zero."""

    key, title = "broken_migration", "Broken migration"

    @hookimpl
    def weft_entities(self):
        return [Gadget]

    @hookimpl
    def weft_grants(self):
        return [Grant("employee", "broken_migration.gadget", ALL)]
