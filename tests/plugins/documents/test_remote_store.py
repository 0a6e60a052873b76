"""Files in a store that is no folder of this machine, chosen by the setting ``files_url`` as for S3.

The store in memory of fsspec stands for a bucket: both are reached through the same setting and the same few calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from weft.core.config import load_settings
from weft.core.errors import ConfigError, NotFound
from weft.core.files import files
from weft.core.files.collector import collect
from weft.core.files.store import FileStore, store_of
from weft.core.outbox.worker import Worker

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


class Bucket(MemoryFileSystem):
    """As object stores are: there is no empty folder, and asking for one says that there is none."""

    protocol = ("bucket",)
    cachable = False

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Folders come with what lies in them."""

    def mkdir(self, path: str, create_parents: bool = True, **more: Any) -> None:
        """Folders come with what lies in them."""


@pytest.fixture
def remote(weft_runtime: Any) -> Iterator[Any]:
    """The installation with its files elsewhere."""
    weft_runtime.settings = weft_runtime.settings.with_changes(files_url="memory://weft-files/here")
    yield weft_runtime
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


def test_the_setting_is_read_from_the_environment(tmp_path: Any) -> None:
    wish = {"WEFT_HOME": str(tmp_path), "WEFT_FILES_URL": "s3://weft-files/here"}
    assert load_settings(wish).files_url == "s3://weft-files/here"


def test_a_store_whose_package_is_missing_says_which_setting_is_meant(weft_runtime: Any) -> None:
    weft_runtime.settings = weft_runtime.settings.with_changes(files_url="nosuchstore://bucket")
    with pytest.raises(ConfigError, match="WEFT_FILES_URL"):
        store_of(weft_runtime)


def test_a_file_lives_there_from_its_upload_to_its_end(
    remote: Any, make_record: Any, records_as: Any, client_as: Any
) -> None:
    account = make_record("crm.account", name="Alder Water", role=["customer"]).id
    content = b"The pump hums at night.\n" * 20_000
    with records_as("system", write=True) as records:
        kept = files.attach(records, account, BytesIO(content), "pump.txt", audience="internal").file
        files.attach(records, account, BytesIO(content), "again.txt", audience="internal")
    Worker(remote, threads=1).run_due()
    assert not (remote.settings.home / "files").exists()
    names = [name for name in MemoryFileSystem.store if "/trash/" not in name and "/tmp/" not in name]
    assert names == [f"/weft-files/here/{kept.sha256[:2]}/{kept.sha256[2:4]}/{kept.sha256}"]
    reader = client_as("crm.sales_manager")
    assert reader.get(f"/files/{kept.id}").data == content
    assert "The pump hums" in reader.get(f"/employee/me/preview/{kept.id}?part=1", headers={"HX-Request": "true"}).text
    with records_as("system") as records:
        assert "hums at night" in (files.words_of(records, kept.id) or "")
    with records_as("system", write=True) as records:
        for one in files.attachments(records, account):
            files.detach(records, one.id)
    for _run in range(2):  # to the trash, then away
        later = remote.clock() + timedelta(days=40 * (_run + 1))
        remote.clock = lambda later=later: later
        collect(remote)
    assert not [name for name in MemoryFileSystem.store if kept.sha256 in name]
    assert reader.get(f"/files/{kept.id}").status_code in (404, 302, 303)


def test_a_bucket_without_folders_is_written_read_listed_and_emptied() -> None:
    store = FileStore(Bucket(), "/weft-bucket/files")
    future = (datetime.now(UTC) + timedelta(days=1)).timestamp()
    assert list(store.contents(future)) == [] and list(store.contents(future, trash=True)) == []
    assert store.clear_temporary(future) == 0
    content, path = store.receive(BytesIO(b"drawing"), 100)
    assert not store.exists(content.sha256)
    store.keep(content, path)
    assert store.exists(content.sha256) and store.open(content.sha256).read() == b"drawing"
    assert list(store.contents(future)) == [content.sha256]
    store.discard(content.sha256)
    assert not store.exists(content.sha256) and list(store.contents(future, trash=True)) == [content.sha256]
    assert store.open(content.sha256).read() == b"drawing"  # reading brings it back
    store.discard(content.sha256)
    store.destroy(content.sha256)
    with pytest.raises(NotFound):
        store.open(content.sha256)
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
