"""The facade for views, widgets and pages of plugins and portals: what of the web layer they may import.

A view is a function ``view_function(view, **parts)`` named in an ``HttpRoute``; a widget's ``data(view)`` and a slot's
``context(view, record)`` get the same :class:`View`. Everything they show is read through ``view.records``.
"""

from __future__ import annotations

from weft.core.files.files import upload as keep_file
from weft.core.portal.addresses import with_query
from weft.core.portal.faces import save as dress_portal
from weft.core.portal.terms import publish as publish_terms
from weft.core.web import core_tiles, once, public
from weft.core.web.contacts import message_to
from weft.core.web.formats import Formats
from weft.core.web.forms.fields import FormField
from weft.core.web.forms.parse import parse_form
from weft.core.web.pages.actions import after_write
from weft.core.web.pages.bulk import chosen_ids
from weft.core.web.pages.our_company import company_page
from weft.core.web.pages.previews import preview_url
from weft.core.web.periods import Period, home_period, read_period
from weft.core.web.reports import Cell, Report, Section, report_page
from weft.core.web.request import View, current
from weft.core.web.sanitiser import markdown
from weft.core.web.settings.area import settings_nav, settings_page
from weft.core.web.values import Values, face

__all__ = [
    "Cell", "FormField", "Formats", "Period", "Report", "Section", "Values", "View", "after_write", "chosen_ids",
    "company_page", "core_tiles", "current", "dress_portal", "face", "home_period", "keep_file", "markdown",
    "message_to", "once", "parse_form", "preview_url", "public", "publish_terms", "read_period", "report_page",
    "settings_nav", "settings_page", "with_query",
]  # fmt: skip
