"""How people of the story act: each with the own session in the own portal and the own token for programs."""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import Any

from PIL import Image

from tests.plugins.story.forms import preset
from weft.core.i18n import translator, use_locale
from weft.core.testing.client import api_headers, sign_in


class Person:
    """Somebody with a browser and a token.

    Attributes:
        id: the user.
        locale: the language they chose.
    """

    def __init__(self, app: Any, runtime: Any, user: int, locale: str, *, browser: Any = None) -> None:
        self.id, self.locale, self._runtime = user, locale, runtime
        self.browser = browser or sign_in(app, runtime, user)
        self._program, self._headers = app.test_client(), api_headers(runtime, user)

    def sign_in(self, app: Any) -> None:
        """Begin another session, as after some days."""
        self.browser = sign_in(app, self._runtime, self.id)

    # ---- the interface for programs

    def rows(self, entities: str, **query: Any) -> list[dict[str, Any]]:
        """Rows of a list as far as this person may read them."""
        answer = self._program.get(f"/api/v1/{entities}", query_string=query, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json["data"])

    def total(self, entities: str, **query: Any) -> int:
        """How many rows such a list has."""
        query |= {"count": "exact", "limit": 1}
        answer = self._program.get(f"/api/v1/{entities}", query_string=query, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return int(answer.json["count"]["value"])

    def one(self, entities: str, number: int) -> dict[str, Any]:
        """One record."""
        answer = self._program.get(f"/api/v1/{entities}/{number}", headers=self._headers)
        assert answer.status_code == 200, (entities, number, answer.text)
        return dict(answer.json)

    def sees(self, entities: str, number: int) -> bool:
        """Whether a record exists for this person."""
        answer = self._program.get(f"/api/v1/{entities}/{number}", headers=self._headers)
        assert answer.status_code in (200, 404), answer.text
        return bool(answer.status_code == 200)

    def make(self, entities: str, **values: Any) -> int:
        """Make a record; returns its id."""
        answer = self._program.post(f"/api/v1/{entities}", json=values, headers=self._headers)
        assert answer.status_code == 201, (entities, answer.text)
        return int(answer.json["id"])

    def change(self, entities: str, number: int, **values: Any) -> None:
        """Change a record."""
        read = self._program.get(f"/api/v1/{entities}/{number}", headers=self._headers)
        headers = {**self._headers, "If-Match": read.headers["ETag"]}
        answer = self._program.patch(f"/api/v1/{entities}/{number}", json=values, headers=headers)
        assert answer.status_code == 200, (entities, answer.text)

    def act(self, entities: str, number: int, action: str, **data: Any) -> dict[str, Any]:
        """Do an operation; returns ``record``, ``message`` and ``change``."""
        answer = self._program.post(f"/api/v1/{entities}/{number}/actions/{action}", json=data, headers=self._headers)
        assert answer.status_code == 200, (entities, action, answer.text)
        return dict(answer.json)

    def undo(self, change: int) -> None:
        """Take a change back."""
        answer = self._program.post(f"/api/v1/changes/{change}/undo", json={}, headers=self._headers)
        assert answer.status_code == 200, answer.text

    # ---- the pages

    def page(self, path: str) -> str:
        """Text of a page."""
        answer = self.browser.get(path, follow_redirects=True)
        assert answer.status_code == 200 and "/auth/" not in answer.request.path, (path, answer.status_code)
        return html.unescape(answer.text)

    def send(self, path: str, **data: Any) -> Any:
        """Send a form; the answer as it comes."""
        answer = self.browser.post(path, data=data, content_type="multipart/form-data")
        assert answer.status_code in (200, 201, 204, 302, 303), (path, answer.status_code, answer.text[:2000])
        return answer

    def fill(self, path: str, action: str, **typed: Any) -> Any:
        """Open a page with a form, type what is not there yet, send it."""
        answer = self.browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        address, values = preset(answer.text, action)
        return self.send(address, **{**values, **typed})

    def upload(self, portal: str, file: tuple[BytesIO, str]) -> str:
        """Send a file as a field of a form does; returns the id it is kept under."""
        answer = self.send(f"/{portal}/me/upload/", file=file)
        return str(answer.json["id"])

    def refused(self, entities: str, number: int, action: str, **data: Any) -> str:
        """Why an operation is refused now, in the person's language."""
        answer = self._program.post(f"/api/v1/{entities}/{number}/actions/{action}", json=data, headers=self._headers)
        assert answer.status_code in (403, 404, 409, 422), (answer.status_code, answer.text)
        errors = answer.json.get("errors") or [{"message": answer.json.get("detail") or answer.json["title"]}]
        return str(errors[0]["message"])

    def notices(self) -> list[str]:
        """What the person was told, newest first."""
        return [one.text for one in self.inbox()]

    def inbox(self) -> list[Any]:
        """The notices themselves."""
        from weft.core.collaboration import notices
        from weft.core.testing.people import Cast

        with use_locale(self.locale), Cast(self._runtime).records(self.id) as records:
            return list(notices.inbox(records))

    def timeline(self, path: str) -> list[str]:
        """Sentences of the stream of a record, oldest first."""
        found: list[str] = []
        address = f"{path}/stream"
        while address:
            text = self.page(address)
            found += [
                " ".join(re.sub(r"<[^>]+>", " ", one).split())
                for one in re.findall(r'<div class="wf-timeline-text">(.*?)</div><time', text, re.DOTALL)
            ]
            more = re.search(r'hx-get="([^"]+)"', text)
            address = more[1] if more else ""
        return found[::-1]

    def words(self, domain: str, text: str, context: str = "", **slots: Any) -> str:
        """A text of a plugin as this person reads it."""
        mark = translator(domain)
        with use_locale(self.locale):
            found = str(mark(text, context) if context else mark(text))
        return found % slots if slots else found


def photo() -> tuple[BytesIO, str]:
    """A picture as a phone sends it."""
    out = BytesIO()
    Image.new("RGB", (60, 80), (220, 210, 190)).save(out, "JPEG")
    out.seek(0)
    return out, "receipt.jpg"


def paper() -> tuple[BytesIO, str]:
    """A bill as a file."""
    out = BytesIO()
    Image.new("RGB", (60, 80), (255, 255, 255)).save(out, "PDF")
    out.seek(0)
    return out, "bill.pdf"
