"""The facade for views, widgets and pages of plugins and portals: what of the web layer they may import.

A view is a function ``view_function(view, **parts)`` named in an ``HttpRoute``; a widget's ``data(view)`` and a slot's
``context(view, record)`` get the same :class:`View`. Everything they show is read through ``view.records``.
"""

from __future__ import annotations

from weft.core.portal.addresses import with_query
from weft.core.web import core_tiles
from weft.core.web.formats import Formats
from weft.core.web.request import View, current

__all__ = ["Formats", "View", "core_tiles", "current", "with_query"]
