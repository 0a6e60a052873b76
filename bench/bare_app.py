"""The yardstick over HTTP: a bare Flask + SQLAlchemy Core service that answers fixed SQL for the same data.

It does what nobody could leave out: a token check of one statement, an owner rule in the WHERE clause, JSON, and for
writes the record, its edges (by the triggers), a journal row and an outbox row in one transaction. Nothing is looked up
in declarations, nothing is validated.
"""

from __future__ import annotations

import itertools
import json
import os
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import create_engine, event, text

__all__ = ["make"]

_COLUMNS = "id, title, version, name, role, life, value_class, email, owner_id, created_at, updated_at"
_LIST = (
    f"SELECT {_COLUMNS} FROM crm_account WHERE deleted_at IS NULL AND owner_id = :owner "
    "ORDER BY updated_at DESC, id DESC LIMIT 50"
)
_GET = f"SELECT {_COLUMNS} FROM crm_account WHERE id = :id AND owner_id = :owner AND deleted_at IS NULL"
_GROUPS = "SELECT type_id, count(*) FROM relation WHERE target_id = :id GROUP BY type_id"
_FIRST = (
    "SELECT r.id, r.title FROM relation e JOIN record r ON r.id = e.source_id "
    "WHERE e.target_id = :id AND e.type_id = :type AND r.deleted_at IS NULL LIMIT 20"
)


def make() -> Flask:
    """The application; ``BENCH_URL`` names the database, ``BENCH_OWNER`` the person that every token stands for."""
    app = Flask(__name__)
    engine = create_engine(os.environ["BENCH_URL"], pool_size=8)
    owner, token = int(os.environ["BENCH_OWNER"]), os.environ["BENCH_TOKEN_ID"]
    sqlite = engine.dialect.name == "sqlite"
    counters: dict[int, itertools.count[int]] = {}
    if sqlite:

        @event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            for line in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {line}")

    def taken() -> int:
        """An id of this worker's own; the application is made before the workers are forked."""
        begin = 9_000_000_000_000 + os.getpid() * 1_000_000
        return next(counters.setdefault(os.getpid(), itertools.count(begin)))

    def answer(data: Any, status: int = 200) -> Response:
        return Response(json.dumps(data, default=str), status, mimetype="application/json")

    @app.before_request
    def check() -> None:
        g.connection = engine.connect()
        found = g.connection.execute(
            text("SELECT t.id FROM api_token t JOIN app_user u ON u.id = t.user_id WHERE t.id = :id AND u.active"),
            {"id": int(token)},
        ).first()
        assert found is not None

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        g.connection.close()

    @app.get("/accounts")
    def listed() -> Response:
        rows = g.connection.execute(text(_LIST), {"owner": owner}).mappings().all()
        return answer({"data": [dict(row) for row in rows]})

    @app.get("/accounts/<int:number>")
    def one(number: int) -> Response:
        row = g.connection.execute(text(_GET), {"id": number, "owner": owner}).mappings().one()
        return answer(dict(row))

    @app.get("/accounts/<int:number>/relations")
    def around(number: int) -> Response:
        g.connection.execute(text(_GET), {"id": number, "owner": owner}).one()
        groups = []
        for kind, count in g.connection.execute(text(_GROUPS), {"id": number}).all():
            rows = g.connection.execute(text(_FIRST), {"id": number, "type": kind}).mappings().all()
            groups.append({"type": kind, "count": count, "rows": [dict(row) for row in rows]})
        return answer({"data": groups})

    _json = ":changes" if sqlite else "CAST(:changes AS JSONB)"

    def note(number: int, changes: str, now: Any) -> None:
        parts = taken(), taken()
        run = g.connection.execute
        values = {"set": parts[0], "row": parts[1], "at": now, "user": owner, "record": number, "changes": changes}
        run(text("INSERT INTO change_set (id, at, user_id, door, kind) VALUES (:set, :at, :user, 'rest', 'x')"), values)
        run(
            text(
                "INSERT INTO journal (id, change_set_id, at, user_id, record_id, type_id, action, changes) "
                f"VALUES (:row, :set, :at, :user, :record, 1, 'x', {_json})"
            ),
            values,
        )
        run(
            text(
                "INSERT INTO outbox (id, kind, topic, payload, state, run_at, created_at, tries) "
                f"VALUES (:row, 'event', 'bench', {_json}, 'done', :at, :at, 0)"
            ),
            values,
        )

    @app.post("/contacts")
    def create() -> Response:
        given, number = request.get_json(), taken()
        now = datetime.now(UTC).replace(tzinfo=None) if sqlite else datetime.now(UTC)
        g.connection.execute(
            text(
                "INSERT INTO crm_contact (id, name, account, owner_id, created_at, updated_at, version) "
                "VALUES (:id, :name, :account, :owner, :at, :at, 1)"
            ),
            {"id": number, "name": given["name"], "account": given["account"], "owner": owner, "at": now},
        )
        note(number, json.dumps(given), now)
        g.connection.commit()
        return answer({"id": number, **given}, 201)

    @app.patch("/accounts/<int:number>")
    def change(number: int) -> Response:
        given = request.get_json()
        now = datetime.now(UTC).replace(tzinfo=None) if sqlite else datetime.now(UTC)
        g.connection.execute(text(_GET), {"id": number, "owner": owner}).one()
        g.connection.execute(
            text("UPDATE crm_account SET email = :email, version = version + 1, updated_at = :at WHERE id = :id"),
            {"email": given["email"], "id": number, "at": now},
        )
        note(number, json.dumps(given), now)
        g.connection.commit()
        return answer({"id": number, **given})

    return app
