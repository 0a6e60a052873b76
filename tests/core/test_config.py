"""Settings: a first start makes private folders and keys, and what is unusable is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from weft.core.config import load_settings
from weft.core.errors import ConfigError

PROVIDER = {"key": "firm", "label": "Firm", "issuer": "https://login.example", "client_id": "weft"}


def settings(home: Path, **env: str) -> Any:
    return load_settings({"WEFT_HOME": str(home), **env})


def test_a_first_start_makes_a_private_folder_and_a_key_of_its_own(tmp_path: Path) -> None:
    first, second = settings(tmp_path / "a"), settings(tmp_path / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert len(first.secret_key) >= 32 and first.secret_key != second.secret_key
    assert settings(tmp_path / "a").secret_key == first.secret_key


def test_secrets_are_not_in_the_words_of_the_settings(tmp_path: Path) -> None:
    given = json.dumps([{**PROVIDER, "client_secret_env": "FIRM_SECRET"}])
    found = settings(tmp_path, WEFT_OIDC=given, FIRM_SECRET="canary-one", WEFT_OLD_SECRET_KEYS="canary-two" * 4)
    assert found.oidc[0].client_secret == "canary-one"
    assert found.secret_key not in repr(found) and "canary" not in repr(found)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WEFT_SECRET_KEY", "short", "32 bytes"),
        ("WEFT_PUBLIC_URL", "ftp://weft.example", "WEFT_PUBLIC_URL"),
        ("WEFT_PROXY_HOPS", "many", "WEFT_PROXY_HOPS"),
        ("WEFT_UPLOAD_LIMIT", "0", "WEFT_UPLOAD_LIMIT"),
        ("WEFT_OIDC", "{", "not JSON"),
        ("WEFT_OIDC", json.dumps([PROVIDER, PROVIDER]), "same key"),
        ("WEFT_OIDC", json.dumps([{**PROVIDER, "key": "../x"}]), "key"),
        ("WEFT_OIDC", json.dumps([{**PROVIDER, "client_secret": "typed"}]), "unknown setting client_secret"),
        ("WEFT_OIDC", json.dumps([{**PROVIDER, "client_secret_env": "NOT_THERE"}]), "NOT_THERE"),
        ("WEFT_OIDC", json.dumps([{**PROVIDER, "client_secret_file": "/not/there"}]), "cannot be read"),
        ("WEFT_OIDC", json.dumps([{**PROVIDER, "issuer": "javascript:alert(1)"}]), "issuer"),
        ("WEFT_OIDC", json.dumps([{**PROVIDER, "audience": "everybody"}]), "audience"),
        ("WEFT_OIDC", json.dumps([{**PROVIDER, "create": True}]), "needs domains"),
        ("WEFT_OIDC", json.dumps([{**PROVIDER, "domains": ["*.firm.example"]}]), "whole names"),
        ("WEFT_OIDC", json.dumps([{**PROVIDER, "second_factor": "none"}]), "second_factor"),
    ],
)
def test_what_is_unusable_is_named(tmp_path: Path, name: str, value: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("[", r"\[")):
        settings(tmp_path, **{name: value})


def test_a_provider_in_weft_toml_takes_its_secret_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "firm.secret").write_text("s3cret\n", encoding="utf-8")
    text = f"""
        proxy_hops = 1
        [[oidc]]
        key = "firm"
        label = "Firm account"
        label_zh = "公司账号"
        issuer = "https://login.example/tenant"
        client_id = "weft"
        client_secret_file = "{tmp_path / "firm.secret"}"
        domains = ["Firm.example"]
    """
    (tmp_path / "weft.toml").write_text(text, encoding="utf-8")
    found = settings(tmp_path)
    assert found.proxy_hops == 1 and not found.egress_loopback
    provider = found.oidc[0]
    assert (provider.client_secret, provider.domains, provider.shown("zh")) == ("s3cret", ("firm.example",), "公司账号")
    assert not provider.create and provider.second_factor == "weft"
