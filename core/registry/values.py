"""The entity of values a company keeps: one record per value of a list, with a label per language."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.db.fields import choices
from weft.core.i18n import translator

__all__ = ["CHOSEN_LABELS", "Value"]

_ = translator("core")

VALUE_STATUS = choices({"active": "green", "retired": "grey"}, active=_("In use"), retired=_("Retired"))

#: Fields by which a value may be named in imports and filters, besides its id.
CHOSEN_LABELS = ("code", "label_en", "label_zh")


class Value(
    Entity,
    key="core.value",
    label=_("Value"),
    plural=_("Values"),
    icon="list",
    title="label_en",
    alt_title="label_zh",
    sort="position",
    columns=("label_en", "label_zh", "code", "position", "status"),
    features=("search", "import", "export"),
):
    """One entry of a list such as sources or loss reasons; lists are declared with ``weft_value_lists``."""

    list_key: Mapped[str] = field.text(_("List"), max_length=60, required=True, index=True)
    code: Mapped[str] = field.text(
        _("Code"), max_length=60, required=True, help=_("Stable name for imports and programs.")
    )
    label_en: Mapped[str] = field.text(_("Label in English"), max_length=120, required=True, search=True)
    label_zh: Mapped[str] = field.text(_("Label in Chinese"), max_length=120, search=True)
    position: Mapped[int] = field.integer(_("Position"), default=100, index=True)
    status: Mapped[str] = field.choice(
        _("Status"), VALUE_STATUS, default="active", state=True, help=_("Retired values stay where they were used.")
    )


# A code names one value of its list, so that a second installation of defaults or an import cannot double it.
_live = text("deleted_at IS NULL")
Index(
    "uq_core_value_list_code",
    Value.__table__.c.list_key,
    Value.__table__.c.code,
    unique=True,
    sqlite_where=_live,
    postgresql_where=_live,
)
