"""The one Alembic environment: runs for one owner (``core`` or a plugin) on a connection given by the caller.

Every owner has its own folder of versions and its own version table, so that removing a plugin's code leaves all
others upgradable. See :mod:`weft.core.db.migrate`.
"""

from __future__ import annotations

from alembic import context

from weft.core.db.migrate import configure_options

_attributes = context.config.attributes
context.configure(connection=_attributes["connection"], **configure_options(_attributes["owner"]))
with context.begin_transaction():
    context.run_migrations()
