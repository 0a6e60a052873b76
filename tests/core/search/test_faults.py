"""What becomes of the index files when things go wrong: people are served all the same, and a rebuild mends all."""

from __future__ import annotations

import os
import random
import shutil
import signal
import stat
import sys
import threading
import time

import pytest

from weft.core.search import indexing, pending
from weft.core.search.backend import SearchUnavailable
from weft.core.search.service import backend_of, search
from weft.core.search.tokens import wanted

#: Whoosh leaves a file open when what it reads in it makes no sense.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

WORDS = ("漏损", "word3", "word", "C-", "leak", "word1 漏损")


@pytest.fixture
def cases(make_record, feed):
    made = [make_record("house.case", name=f"Word{number} 漏损 {number}") for number in range(12)]
    feed()
    return made


@pytest.fixture
def restarted(weft_runtime):
    """Forget what this process knows of the index, as a new process would."""

    def forget():
        weft_runtime.services.pop("search.backend", None)
        return backend_of(weft_runtime)

    return forget


@pytest.fixture
def folder(weft_runtime):
    """The folder of the present index."""

    def present():
        home = weft_runtime.settings.home / "index"
        return home / f"index-{(home / 'current').read_text()}"

    return present


def contents(backend):
    return [backend.search(wanted(words)) for words in WORDS]


def flip(file):
    data = bytearray(file.read_bytes())
    for place in range(len(data) // 3, len(data), 97):
        data[place] ^= 0x5A
    file.write_bytes(data)


def _flip_segments(folder):
    for file in folder.glob("*.seg"):
        flip(file)


def _flip_contents(folder):
    for file in folder.glob("*.toc"):
        flip(file)


def _drop_segments(folder):
    for file in folder.glob("*.seg"):
        file.unlink()


def _truncate(folder):
    for file in folder.glob("*.seg"):
        os.truncate(file, 10)


def _drop_pointer(folder):
    (folder.parent / "current").unlink()


def _spoil_pointer(folder):
    (folder.parent / "current").write_bytes(b"\xff\x00../../etc")


def _spoil_checksums(folder):
    (folder / "checksums.json").write_text("{")


DAMAGES = [
    _flip_segments, _flip_contents, _drop_segments, _truncate, _drop_pointer, _spoil_pointer, _spoil_checksums,
    shutil.rmtree,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__.strip("_"))
def test_a_damaged_index_is_seen_and_made_anew(damage, cases, folder, restarted, weft_runtime, records_as):
    before = contents(restarted())
    damage(folder())
    backend = restarted()
    with records_as("house.boss") as records:
        assert search(records, "漏损") is None  # the page then looks in titles
        assert len(records.query("house.case", search="漏损").rows) == len(cases)
    assert not backend.healthy()
    assert indexing.check(weft_runtime)
    assert contents(backend) == before
    assert contents(restarted()) == before
    assert not indexing.check(weft_runtime)


def test_damage_under_a_running_process_is_seen_before_anything_is_read(cases, folder, weft_runtime, records_as):
    from weft.core.outbox.worker import Worker

    with records_as("house.boss") as records:
        assert search(records, "漏损")
        _flip_segments(folder())
        assert search(records, "漏损") is None
        assert len(records.query("house.case", search="漏损").rows) == len(cases)
    with records_as("house.boss", write=True) as records:
        records.update("house.case", cases[0].id, {"name": "Changed 漏损"}, version=None)
    Worker(weft_runtime).run_due()
    indexing.feed(weft_runtime)
    with records_as("house.boss") as records:
        (group,) = search(records, "漏损")
        assert group.count == len(cases)


def test_an_index_of_another_database_is_never_opened(cases, folder, weft_boot, weft_plugins):
    other = weft_boot(*weft_plugins)
    shutil.copytree(folder().parent, other.settings.home / "index")
    with pytest.raises(SearchUnavailable, match="another database"):
        backend_of(other).search(wanted("漏损"))
    assert indexing.check(other)
    assert backend_of(other).count() == 0


def test_only_its_owner_may_open_the_folder_and_old_builds_are_removed(cases, folder, weft_runtime):
    first = folder()
    assert stat.S_IMODE(first.stat().st_mode) == 0o700 and stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    indexing.rebuild(weft_runtime)
    assert folder() != first and list(first.parent.glob("index-*")) == [folder()]


def test_a_rebuild_that_fails_leaves_the_old_index_in_use(cases, folder, weft_runtime, restarted, monkeypatch):
    before, present = contents(backend_of(weft_runtime)), folder()

    def broken(runtime, connection, after=0):
        yield from ()
        raise OSError("no space left on device")

    monkeypatch.setattr("weft.core.search.documents.every_document", broken)
    with pytest.raises(OSError, match="no space"):
        indexing.rebuild(weft_runtime)
    assert folder() == present and contents(restarted()) == before
    assert list(present.parent.glob("index-*")) == [present]


def test_other_fields_in_the_plugins_make_a_new_index(cases, weft_runtime, monkeypatch):
    assert not indexing.check(weft_runtime)
    monkeypatch.setattr("weft.core.search.documents._RULES", 999)
    assert indexing.check(weft_runtime)
    assert not indexing.check(weft_runtime)


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_process_killed_while_it_commits_costs_nothing(cases, weft_runtime, restarted):
    before = contents(restarted())
    ids = [case.id for case in cases]
    chance = random.Random(7)
    for _round in range(8):
        child = os.fork()
        if not child:
            try:
                while True:
                    with weft_runtime.db.write() as connection:
                        pending.mark(connection, ids, now=weft_runtime.clock())
                    indexing.feed(weft_runtime)
            finally:
                os._exit(1)
        time.sleep(0.05 + chance.random() * 0.25)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        backend = restarted()
        indexing.check(weft_runtime)
        assert contents(backend) == before
        assert backend.count() == len(ids)


def test_many_readers_while_one_writes(cases, weft_runtime):
    backend = backend_of(weft_runtime)
    ids = [case.id for case in cases]
    errors, counts, stop = [], [], threading.Event()

    def read():
        while not stop.is_set():
            try:
                counts.append(len(backend.search(wanted("漏损"))))
            except Exception as error:
                errors.append(error)

    readers = [threading.Thread(target=read) for _number in range(4)]
    for one in readers:
        one.start()
    for _round in range(10):
        with weft_runtime.db.write() as connection:
            pending.mark(connection, ids, now=weft_runtime.clock())
        assert indexing.feed(weft_runtime) == len(ids)
    stop.set()
    for one in readers:
        one.join()
    assert not errors and set(counts) == {len(ids)}
