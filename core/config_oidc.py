"""Sign-in providers (OpenID Connect) as the operator names them: ``[[oidc]]`` in ``weft.toml``, JSON in ``WEFT_OIDC``.

The client's secret never stands in either: an environment variable or a file is named there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from weft.core.errors import ConfigError

__all__ = ["OidcProvider", "read_providers"]

_AUDIENCES = ("employee", "customer", "supplier", "distributor")
_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_KNOWN = {
    "key", "label", "label_zh", "issuer", "client_id", "client_secret_env", "client_secret_file", "audience", "domains",
    "create", "role", "second_factor", "scopes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """One sign-in provider.

    Attributes:
        key: its part of addresses.
        label, label_zh: words on the button, such as the company's name for its own accounts.
        issuer: address of the provider, exactly as its tokens name it.
        client_id, client_secret: how Weft is known there; without a secret only PKCE proves who asks.
        audience: people of which portal sign in with it.
        domains: when given, the provider must have verified the address, its domain be one of these (compared whole).
        create: somebody unknown gets an account at the first sign-in.
        role: role of accounts made so, besides the base role of the audience.
        second_factor: ``weft`` (asked for here when the person has one or must) or ``provider`` (the provider does it).
        scopes: asked for; ``openid`` is always among them.
    """

    key: str
    label: str
    issuer: str
    client_id: str
    label_zh: str = ""
    client_secret: str = field(default="", repr=False)
    audience: str = "employee"
    domains: tuple[str, ...] = ()
    create: bool = False
    role: str = ""
    second_factor: str = "weft"
    scopes: tuple[str, ...] = ("openid", "email", "profile")

    def shown(self, locale: str) -> str:
        """Words on the button in a language."""
        return self.label_zh if locale == "zh" and self.label_zh else self.label


def read_providers(given: object, environ: Mapping[str, str]) -> tuple[OidcProvider, ...]:
    """Read the providers of the settings.

    Raises:
        ConfigError: names the provider and what is wrong with it.
    """
    if isinstance(given, str) and given.strip():
        try:
            given = json.loads(given)
        except ValueError as error:
            raise ConfigError(f"WEFT_OIDC is not JSON: {error}") from error
    if not given:
        return ()
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise ConfigError("oidc must be a list of tables: [[oidc]] in weft.toml")
    found = tuple(_provider(one, environ) for one in given)
    keys = [one.key for one in found]
    if len(set(keys)) != len(keys):
        raise ConfigError("two oidc providers have the same key")
    return found


def _provider(given: Mapping[str, Any], environ: Mapping[str, str]) -> OidcProvider:
    key = str(given.get("key") or "")
    if not _KEY.fullmatch(key):
        raise ConfigError('an oidc provider needs a key of small letters, digits and -, such as key = "company"')

    def wrong(problem: str) -> ConfigError:
        return ConfigError(f"oidc provider {key}: {problem}")

    unknown = sorted(set(given) - _KNOWN)
    if unknown:
        raise wrong(f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(_KNOWN))}")
    for name in ("label", "issuer", "client_id"):
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise wrong(f"{name} is missing")
    issuer = urlsplit(given["issuer"])
    if issuer.scheme not in ("https", "http") or not issuer.hostname or issuer.query or issuer.fragment:
        raise wrong("issuer must be an https address without ? and #")
    audience, factor = str(given.get("audience") or "employee"), str(given.get("second_factor") or "weft")
    if audience not in _AUDIENCES:
        raise wrong(f"audience must be one of {', '.join(_AUDIENCES)}")
    if factor not in ("weft", "provider"):
        raise wrong("second_factor must be weft or provider")
    domains = tuple(str(one).strip().lower() for one in given.get("domains") or ())
    if not all(_DOMAIN.fullmatch(one) for one in domains):
        raise wrong("domains must be whole names such as firm.example")
    if given.get("create") and not domains:
        raise wrong("create = true needs domains: otherwise everybody known to the provider would get an account")
    return OidcProvider(
        key=key,
        label=given["label"].strip()[:60],
        label_zh=str(given.get("label_zh") or "").strip()[:60],
        issuer=given["issuer"],
        client_id=given["client_id"],
        client_secret=_secret(given, environ, wrong),
        audience=audience,
        domains=domains,
        create=given.get("create") is True,
        role=str(given.get("role") or ""),
        second_factor=factor,
        scopes=tuple(dict.fromkeys(["openid", *map(str, given.get("scopes") or ("email", "profile"))])),
    )


def _secret(given: Mapping[str, Any], environ: Mapping[str, str], wrong: Any) -> str:
    if given.get("client_secret_env"):
        name = str(given["client_secret_env"])
        if not environ.get(name):
            raise wrong(f"the environment has no {name}")
        return environ[name]
    if given.get("client_secret_file"):
        path = Path(str(given["client_secret_file"]))
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise wrong(f"client_secret_file cannot be read: {error.strerror}") from error
    return ""
