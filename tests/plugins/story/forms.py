"""What a form on a page would send as it stands there: presets, ticked boxes, chosen options."""

from __future__ import annotations

from html.parser import HTMLParser


class _Forms(HTMLParser):
    """Collects the forms of a page: action and values by name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self._select = self._text = ""
        self._option: tuple[str, bool] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action") or given.get("hx-post", ""), {}))
        elif not self.found:
            return
        elif tag == "input" and given.get("name") and "disabled" not in given:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in given:
                return
            if kind not in ("submit", "button", "file"):
                self._keep(given["name"], given.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select = given.get("name", "")
            self._option = None
        elif tag == "option" and self._select:
            if "selected" in given or self._option is None:
                self._option = (given.get("value", ""), "selected" in given)
        elif tag == "textarea":
            self._text = given.get("name", "")
            self._keep(self._text, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            if self._option is not None:
                self._keep(self._select, self._option[0])
            self._select = ""
        elif tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text and self.found:
            self.found[-1][1][self._text][-1] += data

    def _keep(self, name: str, value: str) -> None:
        self.found[-1][1].setdefault(name, []).append(value)


def preset(page: str, action: str) -> tuple[str, dict[str, list[str]]]:
    """Address and values of the form of a page that is sent to an address ending so."""
    parser = _Forms()
    parser.feed(page)
    found = [(address, values) for address, values in parser.found if address.split("?")[0].endswith(action)]
    assert found, (action, [address for address, _values in parser.found])
    return found[-1]
