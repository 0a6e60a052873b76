"""The Jinja environment: templates of the core and of every plugin, texts in the viewer's language, formats.

Autoescape is always on. ``_()`` in ``templates/<plugin>/...`` looks in that plugin's catalogue first, then in the
core's; in a block that a core template calls, Jinja names the outermost template, hence the second look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

from flask import Flask
from flask_wtf.csrf import generate_csrf
from jinja2 import BaseLoader, BytecodeCache, ChoiceLoader, FileSystemLoader, Undefined, pass_context
from jinja2.runtime import Context

from weft.core.i18n import gettext, ngettext
from weft.core.registry.runtime import Runtime
from weft.core.web.assets import Assets
from weft.core.web.formats import Formats
from weft.core.web.sanitiser import markdown

__all__ = ["install_templates"]

#: Where compiled templates are kept for further applications of this process; a server makes only one and needs none,
#: the test kit puts one here.
compiled: BytecodeCache | None = None
_CORE = "core"
_FORMATS = (
    "money", "amount", "date", "datetime", "time", "stamp", "reldate", "overdue", "appointment", "number", "percent",
    "filesize", "phone",
)  # fmt: skip


def install_templates(
    app: Flask, runtime: Runtime, assets: Assets, formats: Callable[[], Formats], looking: Callable[[], bool]
) -> None:
    """Set up loader, globals and filters.

    Args:
        app: the application.
        runtime: gives the packages of the plugins.
        assets: manifest of the built files.
        formats: returns the formats of the present viewer.
        looking: tells whether the viewer only looks, so that what writes is drawn switched off.
    """
    env = app.jinja_env
    env.autoescape = True
    env.trim_blocks = env.lstrip_blocks = False
    env.add_extension("jinja2.ext.do")
    env.add_extension("jinja2.ext.loopcontrols")
    env.bytecode_cache = compiled
    app.jinja_loader = _loader(runtime)
    domains = _domains(runtime)

    @pass_context
    def translate(context: Context, message: str, meaning: str | None = None, **slots: Any) -> str:
        text = _translated(domains, context.name, message, meaning)
        return text % slots if slots else text

    @pass_context
    def translate_plural(context: Context, one: str, many: str, number: int) -> str:
        domain = domains.get((context.name or "").partition("/")[0], "core")
        text = ngettext(domain, one, many, number)
        return ngettext(_CORE, one, many, number) if domain != "core" and text in (one, many) else text

    env.globals.update(_=translate, _n=translate_plural, asset=assets.url)
    env.globals.update(csrf_token=generate_csrf, looking=looking)
    env.filters["markdown"] = markdown
    for name in _FORMATS:
        env.filters[name] = _filter(formats, name)


def _filter(formats: Callable[[], Formats], name: str) -> Callable[..., str]:
    def run(value: Any, *arguments: Any, **options: Any) -> str:
        if isinstance(value, Undefined):
            return ""
        return str(getattr(formats(), name)(value, *arguments, **options))

    return run


def _translated(domains: Mapping[str, str], template: str | None, message: str, meaning: str | None) -> str:
    domain = domains.get((template or "").partition("/")[0], "core")
    text = gettext(domain, message, meaning)
    return gettext(_CORE, message, meaning) if domain != "core" and text == message else text


def _packages(runtime: Runtime) -> Mapping[str, str]:
    """Plugin key -> import path of its package, of all loaded plugins."""
    return {key: plugin.package_name() for key, plugin in runtime.plugins.active.items()}


def _domains(runtime: Runtime) -> Mapping[str, str]:
    return {key: key for key in _packages(runtime)}


def _loader(runtime: Runtime) -> BaseLoader:
    folders = [str(resources.files("weft.core.web") / "templates")]
    for package in _packages(runtime).values():
        folder = resources.files(package) / "templates"
        if folder.is_dir():
            folders.append(str(folder))
    return ChoiceLoader([FileSystemLoader(folder) for folder in folders])
