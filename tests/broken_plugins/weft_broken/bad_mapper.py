"""Maps a class that cannot be configured: it names another class that does not exist."""

from sqlalchemy.orm import relationship

from weft.core.sdk import Entity, Mapped, Plugin, field, hookimpl


class Widget(Entity, key="broken_mapper.widget", label="Widget"):
    """A record with a forbidden relationship."""

    name: Mapped[str] = field.text("Name")


Widget.__mapper__.add_property("ghost", relationship("Ghost"))


class BrokenPlugin(Plugin):
    """Its mapper fails when it is configured."""

    key, title = "broken_mapper", "Broken mapper"

    @hookimpl
    def weft_entities(self):
        return [Widget]
