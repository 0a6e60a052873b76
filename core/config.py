"""Settings of one installation: environment first, then ``weft.toml`` in the data folder.

Holds no defaults that depend on a plugin; company settings (currency, zone, language) live in the database.
"""

from __future__ import annotations

import os
import secrets
import sys
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from weft.core.config_oidc import OidcProvider, read_providers
from weft.core.errors import ConfigError

__all__ = ["Settings", "load_settings"]

_MIN_KEY_BYTES = 32
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_NAMES = (
    "database_url", "redis_url", "secret_key", "old_secret_keys", "public_url", "plugins", "bind", "upload_limit",
    "mail_url", "imap_url", "oidc", "egress_loopback", "proxy_hops", "files_url",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides before start.

    Attributes:
        home: data folder; holds the SQLite file, uploaded files and the generated secret key.
        database_url: SQLAlchemy URL, SQLite or PostgreSQL.
        redis_url: optional, for shared rate limits.
        secret_key: at least 32 bytes; signs cookies and links, derives the keys that seal secrets in the database.
        old_secret_keys: keys of before, with which sealed secrets and signed values are still read.
        public_url: base of every absolute link, e.g. ``https://weft.example``.
        plugins: names from ``WEFT_PLUGINS``; ``+name`` adds to and ``-name`` removes from the bundled ones,
            plain names replace the list.
        bind: ``host:port`` of the built-in server.
        upload_limit: bytes a single file may have.
        mail_url: ``smtp://user:password@host:port?from=address`` or empty when there is no mail server.
        oidc: sign-in providers.
        egress_loopback: requests to other machines may also go to this one, in plain http (tests and providers on the
            same machine); never a setting in the browser.
        proxy_hops: proxies in front of the server whose X-Forwarded-For and -Proto are believed.
        imap_url: ``imaps://user:password@host/folder`` of the mailbox that requests come to, or empty.
        files_url: where uploaded files lie, as fsspec writes it (``s3://bucket/folder``); ``files`` in the data folder
            when empty.
    """

    home: Path
    database_url: str
    secret_key: str = field(repr=False)
    public_url: str = "http://127.0.0.1:8000"
    redis_url: str | None = None
    plugins: tuple[str, ...] = ()
    bind: str = "127.0.0.1:8000"
    upload_limit: int = 25 * 1024 * 1024
    mail_url: str | None = None
    old_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    oidc: tuple[OidcProvider, ...] = ()
    egress_loopback: bool = False
    proxy_hops: int = 0
    imap_url: str | None = None
    files_url: str | None = None

    @property
    def loopback(self) -> bool:
        """True when the public address is this machine only, so cookies need no ``Secure``."""
        parts = urlsplit(self.public_url)
        return parts.scheme == "http" and parts.hostname in _LOOPBACK

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """Host names a request may carry; anything else is refused (no reset link from a Host header)."""
        host = urlsplit(self.public_url).hostname or ""
        return tuple(sorted({host, *(_LOOPBACK if self.loopback else ())}))

    def with_changes(self, **changes: object) -> Settings:
        """Return a copy with some values replaced (commands and tests)."""
        return replace(self, **changes)  # type: ignore[arg-type]


def default_home() -> Path:
    """The platform's user data folder for an installed Weft."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home()))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return base / "weft"


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read the settings and create the data folder (mode 0700) and a secret key on first use.

    Raises:
        ConfigError: a value is unusable; the message names the setting.
    """
    env = dict(os.environ if environ is None else environ)
    home = Path(env.get("WEFT_HOME") or default_home()).expanduser().resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    values = _from_file(home / "weft.toml")
    for name in _NAMES:
        given = env.get(f"WEFT_{name.upper()}")
        if given is not None:
            values[name] = given
    public_url = str(values.get("public_url") or f"http://{values.get('bind') or '127.0.0.1:8000'}")
    if urlsplit(public_url).scheme not in ("http", "https") or not urlsplit(public_url).hostname:
        raise ConfigError("WEFT_PUBLIC_URL must be an http(s) address such as https://weft.example")
    return Settings(
        home=home,
        database_url=_database_url(str(values.get("database_url") or ""), home),
        secret_key=_secret_key(str(values.get("secret_key") or ""), home),
        public_url=public_url.rstrip("/"),
        redis_url=str(values["redis_url"]) if values.get("redis_url") else None,
        plugins=_names(values.get("plugins")),
        bind=str(values.get("bind") or "127.0.0.1:8000"),
        upload_limit=_positive("upload_limit", values.get("upload_limit"), 25 * 1024 * 1024),
        mail_url=str(values["mail_url"]) if values.get("mail_url") else None,
        old_secret_keys=_names(values.get("old_secret_keys")),
        oidc=read_providers(values.get("oidc"), env),
        proxy_hops=_hops(values.get("proxy_hops")),
        egress_loopback=str(values.get("egress_loopback") or "").lower() in ("1", "true", "yes"),
        imap_url=str(values["imap_url"]) if values.get("imap_url") else None,
        files_url=str(values["files_url"]) if values.get("files_url") else None,
    )


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"weft.toml cannot be read: {error}") from error
    unknown = sorted(set(values) - set(_NAMES))
    if unknown:
        raise ConfigError(f"weft.toml has an unknown setting: {', '.join(unknown)}; known are {', '.join(_NAMES)}")
    return values


def _database_url(url: str, home: Path) -> str:
    if not url:
        return f"sqlite:///{home / 'weft.sqlite3'}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError("WEFT_DATABASE_URL must begin with sqlite:/// or postgresql://")
    return url


def _secret_key(key: str, home: Path) -> str:
    if key:
        if len(key.encode()) < _MIN_KEY_BYTES:
            raise ConfigError(f"WEFT_SECRET_KEY must have at least {_MIN_KEY_BYTES} bytes")
        return key
    path = home / "secret.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _names(value: object) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else (value or ())
    return tuple(str(part).strip() for part in parts if str(part).strip())  # type: ignore[attr-defined]


def _hops(value: object) -> int:
    text = str(value or 0)
    if not text.isdigit() or int(text) > 5:
        raise ConfigError("WEFT_PROXY_HOPS must be the number of proxies in front of the server, 0 to 5")
    return int(text)


def _positive(name: str, value: object, default: int) -> int:
    if value in (None, ""):
        return default
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if number <= 0:
        raise ConfigError(f"WEFT_{name.upper()} must be a positive whole number")
    return number
