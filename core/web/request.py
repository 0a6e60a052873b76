"""The View: one request as pages see it. Principal, records, formats, portal, and rendering into the frame.

Reading requests get a reading unit, unsafe methods a writing one; both open when first used. A writing unit is
committed before the answer is sent and rolled back on any error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date
from functools import cached_property
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.utils import redirect as werkzeug_redirect

from weft.core.access.decide import decide, require
from weft.core.access.policy import AccessPolicy
from weft.core.errors import NotFound
from weft.core.i18n import current_locale, set_locale, translator
from weft.core.identity import company, principals, sessions, sign_in, users
from weft.core.identity.principal import ANONYMOUS, Principal
from weft.core.portal import addresses, faces
from weft.core.records import unit
from weft.core.records.facade import Records
from weft.core.registry.declarations import PortalSpec
from weft.core.registry.model import EntityType
from weft.core.registry.runtime import Runtime
from weft.core.web import confirm, cookies, looking, quotas, toasts
from weft.core.web.consent import consent_detour
from weft.core.web.formats import Formats
from weft.core.web.policies import enforce
from weft.core.web.routing import RouteMark

__all__ = ["View", "current"]

_ = translator("core")

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class View:
    """One request of one principal.

    Attributes:
        runtime: the installation.
        portal: portal the address is in, None outside (sign-in, files, short links).
        writing: the method may change something.
        period: ``month``, ``quarter`` or ``year``: what the figures of a home page cover.
    """

    def __init__(self, runtime: Runtime, portal: PortalSpec | None) -> None:
        self.runtime = runtime
        self.portal = portal
        self._stack = ExitStack()
        self._records: Records | None = None
        self._principal: Principal | None = None
        self._remember_theme = ""
        self.writing = request.method not in _SAFE
        self._new_token: str | None = None
        #: The record whose page this is; the menu marks the list it belongs to.
        self.shown_row: Mapping[str, Any] = {}
        #: Address of the menu's entry that this page belongs to, when its own address does not say so.
        self.belongs_to = ""
        self.period = "month"
        self._later: list[Callable[[], None]] = []
        #: Who really sits there, while looking as somebody else.
        self.viewer: Principal | None = None
        self._viewing: tuple[int, int] | None = None

    # ---- who

    @property
    def principal(self) -> Principal:
        """Who is signed in for this address; :data:`ANONYMOUS` when nobody is."""
        if self._principal is None:
            self._principal = self._find_principal()
            self._choose_locale()
        return self._principal

    @property
    def signed_in(self) -> bool:
        """True when somebody is signed in."""
        return self._principal is not None and self._principal.kind != "anonymous"

    @property
    def only_looks(self) -> bool:
        """True while somebody looks as another person; never a reason to find out who is signed in."""
        return self.signed_in and self.principal.read_only

    def become(self, principal: Principal) -> None:
        """Go on as this principal (just signed in, or signed out)."""
        self._principal = principal
        self._choose_locale()

    def try_audience(self, audience: str) -> bool:
        """Go on as whoever is signed in for an audience; False when nobody is."""
        self.close()
        found = self._by_cookie(audience)
        if found is not None:
            self.become(found)
        return found is not None

    def has_cookie(self, audience: str) -> bool:
        """True when this browser also carries a session of another audience."""
        return bool(cookies.session_token(request, self.runtime.settings, audience))

    def audiences(self) -> list[str]:
        """Audiences that may answer for this address, employees first."""
        if self.portal is not None:
            return [self.portal.audience]
        specs = sorted(self.runtime.registry.portals.values(), key=lambda spec: (spec.order, spec.key))
        return list(dict.fromkeys(["employee", *(spec.audience for spec in specs)]))

    def _find_principal(self) -> Principal:
        employee = self._by_cookie("employee")  # who may look as somebody, in whichever portal
        viewed = looking.viewed(self.runtime, employee, self._viewing, self.audiences())
        if viewed is not None:
            self.viewer = employee
            return viewed
        for audience in self.audiences():
            found = employee if audience == "employee" else self._by_cookie(audience)
            if found is not None:
                return found
        return ANONYMOUS

    def _by_cookie(self, audience: str) -> Principal | None:
        token = cookies.session_token(request, self.runtime.settings, audience)
        if not token:
            return None
        now = self.runtime.clock()
        with self.runtime.db.read() as connection:
            check = sessions.find_by_cookie(connection, token, audience, now=now)
            if check is None:
                return None
            self._viewing = None if check.viewing is None else (check.viewing, check.rules)
            found = principals.load(
                connection, self.runtime, check.user_id, audience, session_id=check.id, version=check.version,
                confirmed_at=check.confirmed_at,
                rules=check.rules,
            )  # fmt: skip
        if check.renew or sessions.due_for_touch(check, now):
            with self.runtime.db.write() as connection:
                sessions.touch(connection, check, now=now)
                if check.renew:
                    idle = sign_in.idle_of(connection, self.runtime.registry, check.user_id, audience)
                    self._new_token = sessions.renew(connection, check.id, now=now, idle=idle)
        return found

    def _choose_locale(self) -> None:
        """The person's language, or the visitor's, as far as the portal offers it."""
        wished = self._principal.locale if self._principal and self.signed_in else self._visitor_locale()
        set_locale(wished if self.portal is None else faces.face_of(self.runtime, self.portal.key).offered(wished))

    def _visitor_locale(self) -> str:
        return cookies.preferred_locale(request, company.cached(self.runtime).locale)

    # ---- how

    @property
    def locale(self) -> str:
        """Language of the screens."""
        return current_locale()

    @property
    def company_name(self) -> str:
        """Name of the company in the viewer's script."""
        return company.cached(self.runtime).shown(self.locale)[0]

    @property
    def zone(self) -> str:
        """IANA zone of the viewer."""
        return self.principal.zone if self.signed_in else "UTC"

    @cached_property
    def formats(self) -> Formats:
        """Formats of dates, numbers and money for this viewer."""
        return Formats(self.locale, self.zone, self.runtime.clock())

    @property
    def today(self) -> date:
        """The day it is for the viewer."""
        return self.formats.today

    @cached_property
    def theme(self) -> str:
        """``auto``, ``light`` or ``dark``: this browser's cookie, else what the person chose elsewhere."""
        user_id = self.principal.user_id
        if user_id is not None and not cookies.has_theme(request):
            found = users.find(self.connection, user_id)
            self._remember_theme = "" if self.principal.read_only else found.theme
            return found.theme
        return cookies.preferred_theme(request)

    @property
    def args(self) -> MultiDict[str, str]:
        """Query parameters."""
        return request.args

    @property
    def form(self) -> MultiDict[str, str]:
        """Posted fields."""
        return request.form

    @property
    def files(self) -> MultiDict[str, FileStorage]:
        """Posted files."""
        return request.files

    @property
    def method(self) -> str:
        """HTTP method."""
        return request.method

    @property
    def path(self) -> str:
        """Path of the address."""
        return request.path

    @property
    def fragment(self) -> bool:
        """True when htmx asks for a part of a page."""
        return (
            request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"
        )

    @property
    def target(self) -> str:
        """Id of the element that htmx will fill (``wf-dialog``, ``wf-peek``, ``wf-list`` ...)."""
        return request.headers.get("HX-Target", "")

    @property
    def scripted(self) -> bool:
        """True when a script of the page asks, with or without htmx."""
        return self.fragment or request.headers.get("X-Requested-With") == "fetch"

    # ---- records

    @property
    def records(self) -> Records:
        """Records as this principal may see them; writable on unsafe methods."""
        if self._records is None:
            opened = unit.writing if self.writing else unit.reading
            self._records = self._stack.enter_context(opened(self.runtime, self.principal, "page"))
        return self._records

    @property
    def connection(self) -> Any:
        """Connection of the present unit, for parts that are no records (users, units, settings)."""
        return self.records.connection

    def close(self, error: BaseException | None = None) -> None:
        """End the unit of work: commit when there was no error, else roll back."""
        stack, self._stack, self._records = self._stack, ExitStack(), None
        if error is None:
            stack.close()
        else:
            stack.__exit__(type(error), error, error.__traceback__)

    def later(self, job: Callable[[], None]) -> None:
        """Run something small after this request's unit has ended well (it opens its own); never for who only looks."""
        if not self.principal.read_only:
            self._later.append(job)

    def undo_all(self) -> None:
        """Take back what this request wrote so far; the next use of :attr:`records` opens a fresh unit."""
        if self._records is not None:
            self.close(RuntimeError("taken back"))

    def run(self, function: Callable[..., Any], parts: Mapping[str, Any], mark: RouteMark) -> Response:
        """Call a view function under its policy and inside a unit of work."""
        try:
            if "portal" in parts and self.portal is None:
                raise NotFound(request.path)
            enforce(self, mark.policy)
            if self.writing:
                looking.refuse_writing(self.principal)
            quotas.take(mark.quota, self.principal)
            confirmed = self._confirm()
            detour = consent_detour(self)
            answer = self.redirect(detour) if detour else make_response(function(**parts))
            self.close()
            if confirmed:
                answer = confirm.go_back(self, answer)
        except BaseException as error:
            self.close(error)
            raise
        for job in self._later:
            job()
        return answer

    def _confirm(self) -> bool:
        """Take a confirmation that comes with this request; it renews the session's cookie."""
        token = confirm.confirmed_token(self)
        if token is None:
            return False
        self.carry(token)
        self._principal = self.principal.with_changes(confirmed_at=self.runtime.clock())
        return True

    def carry(self, token: str) -> None:
        """Let the answer hand out this new cookie value of the present session."""
        self._new_token = token

    def may(self, entity: str, operation: str, record_id: int | None = None) -> bool:
        """True when an operation is granted: on one record, or without one on some record of the entity."""
        if record_id is None:
            return AccessPolicy.of(self.runtime).allows(self.principal, entity, operation)
        return decide(self.records, entity, operation, record_id).allowed

    def require(self, entity: str, operation: str, record_id: int) -> None:
        """Refuse a page about an operation that the write path would refuse anyway.

        Args:
            entity: entity key.
            operation: ``update`` ..., or the key of an action.
            record_id: the record.

        Raises:
            NotFound: the record does not exist for the viewer.
            Denied: the operation on it is not granted.
        """
        require(self.records, entity, operation, record_id)

    # ---- addresses

    @property
    def portal_key(self) -> str:
        """Key of the portal; outside of one that of the signed-in audience."""
        if self.portal is not None:
            return self.portal.key
        spec = next((p for p in self.runtime.registry.portals.values() if p.audience == self.principal.audience), None)
        return spec.key if spec else "employee"

    def entity(self, key: str) -> EntityType:
        """An installed entity; KeyError when it is not."""
        return self.runtime.registry.entities[key]

    def url(self, entity: str, *parts: str | int, **query: Any) -> str:
        """Address of an entity's list, of a record (``url("crm.account", 17)``) or of something below it."""
        return addresses.entity_url(self.portal_key, self.entity(entity), *parts, **query)

    def page(self, *parts: str | int, **query: Any) -> str:
        """Address of a page of the platform: ``page("settings", "users")``; without parts the home."""
        return addresses.page_url(self.portal_key, *parts, **query)

    # ---- answers

    def render(self, template: str, /, status: int = 200, **data: Any) -> Response:
        """Render a template; the frame around it comes with the layout it extends."""
        return make_response(self._dressed(render_template(template, view=self, **data)), status)

    def fragment_of(self, template: str, macro: str, *arguments: Any, status: int = 200) -> Response:
        """Answer with what one macro makes of plain data: ``fragment_of("wf/table.html", "rows", table)``."""
        module = current_app.jinja_env.get_template(template).module
        return make_response(self._dressed(str(getattr(module, macro)(*arguments))), status)

    def _dressed(self, html: str) -> str:
        return looking.switched_off(html) if self.only_looks else html

    def done(self, **events: Any) -> Response:
        """Answer of a write that changed the page at another place: 204 with events for the browser."""
        return toasts.trigger(make_response("", 204), **events)

    def redirect(self, address: str) -> Response:
        """Send the browser on, whole pages and htmx alike."""
        if self.fragment:
            response = make_response("", 204)
            response.headers["HX-Redirect"] = address
            return response
        return make_response(werkzeug_redirect(address, 303))

    def toast(self, message: object, *, undo: int | None = None) -> None:
        """Say in one line what was done, with Undo for a change set; shown by this answer or the next page."""
        asked = self._records.state.notes.get("asked") if self._records is not None else None
        if asked:  # what was typed is not there yet: saying "saved" would be wrong
            names = str(_(", ")).join(str(label) for label in asked)
            message = _("%(fields)s: we confirm it first and tell you") % {"fields": names}
        toasts.put(str(message), self.page("undo", undo) if undo else None)

    flash = toast


def current() -> View:
    """The View of the present request.

    Raises:
        RuntimeError: outside of a request.
    """
    found = getattr(g, "weft_view", None)
    if found is None:
        found = g.weft_view = View(current_app.extensions["weft"], _portal_of(current_app.extensions["weft"]))
    return found


def _portal_of(runtime: Runtime) -> PortalSpec | None:
    return runtime.registry.portals.get(request.path.split("/", 2)[1])
