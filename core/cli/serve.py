"""``weft serve`` and ``weft worker``: the long-running processes."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from weft.core.cli.start import ready, started
from weft.core.config import load_settings
from weft.core.errors import ConfigError

if TYPE_CHECKING:
    from weft.core.registry.runtime import Runtime

__all__ = ["serve", "worker"]


@click.command()
@click.option("--bind", metavar="HOST:PORT", help="Address to listen on; default WEFT_BIND or 127.0.0.1:8000.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(4), help="Requests answered at once.")
@click.option("--workers", type=click.IntRange(1), help="Processes, by gunicorn (not on Windows).")
@click.option("--background/--no-background", default=True, show_default=True, help="Run background work here too.")
@click.option("--demo", is_flag=True, help="Make the demo company first; the database must be empty.")
def serve(bind: str | None, threads: int, workers: int | None, background: bool, demo: bool) -> None:
    """Serve the portals and run background work.

    An empty database gets its tables; one that needs an upgrade is refused with the command to run.

    \b
    Examples:
      weft serve
      weft serve --demo
      weft serve --bind 0.0.0.0:8000 --workers 4
    """
    settings = load_settings()
    if bind:
        settings = settings.with_changes(bind=bind)
    if bind and "WEFT_PUBLIC_URL" not in os.environ and settings.public_url == load_settings().public_url:
        settings = settings.with_changes(public_url=_url_of(bind, settings.public_url))
    host, port = _address(settings.bind)
    ready(settings)
    with started(settings) as runtime:
        from weft.core.web.app import create_app

        password = _make_demo(runtime) if demo else None
        app = create_app(runtime)
        _announce(runtime, password)
        if workers:
            _serve_processes(app, runtime, f"{host}:{port}", workers, threads, background)
        else:
            _serve_threads(app, runtime, host, port, threads, background)


@click.command()
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1), help="Jobs run at once.")
def worker(threads: int) -> None:
    """Run background work only: jobs, events, schedules. Any number of workers may run beside each other.

    \b
    Example:
      weft worker --threads 4
    """
    from weft.core.outbox.worker import Worker

    with started() as runtime:
        running = Worker(runtime, threads)
        _stop_on_signal()
        click.echo(f"Working with {threads} threads. Stop with Ctrl+C.")
        running.start()
        try:
            signal.pause() if hasattr(signal, "pause") else running.run_forever()
        except (KeyboardInterrupt, SystemExit):
            click.echo("Finishing what is running.", err=True)
        finally:
            running.stop()


def _address(bind: str) -> tuple[str, int]:
    host, _colon, port = bind.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) < 65536:
        raise ConfigError(f"WEFT_BIND is {bind!r}; write host:port such as 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def _url_of(bind: str, present: str) -> str:
    """Where people reach a server that was told to listen elsewhere and not how it is called: on this machine."""
    host, port = _address(bind)
    return f"http://{host}:{port}" if host in ("127.0.0.1", "localhost") else present


def _make_demo(runtime: Runtime) -> str:
    from weft.core.cli.start import progress
    from weft.core.ops.demo import make_demo

    return make_demo(runtime, progress=progress())


def _announce(runtime: Runtime, password: str | None) -> None:
    """Say where the portals are, who can sign in to a demo, and where a new installation is set up."""
    from weft.core.cli import demo_box
    from weft.core.identity import setup

    click.echo(f"Weft is at {runtime.settings.public_url}/")
    demo_box.show(runtime, password)
    link = setup.announce(runtime)
    if link is not None:
        click.echo(
            "Nobody is here yet. Name the company and the first administrator at this address, good for one day:"
        )
        click.echo(f"  {link}")


def _stop_on_signal() -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)


def _serve_threads(app: Any, runtime: Runtime, host: str, port: int, threads: int, background: bool) -> None:
    """One process: waitress answers, worker threads do the rest."""
    from waitress.server import create_server

    from weft.core.outbox.worker import Worker

    server = create_server(
        app, host=host, port=port, threads=threads, ident=None,
        # With proxies in front the application itself takes exactly as many entries as the operator named.
        clear_untrusted_proxy_headers=not runtime.settings.proxy_hops,
        max_request_body_size=runtime.settings.upload_limit + 1024 * 1024,
    )  # fmt: skip
    running = Worker(runtime) if background else None
    _stop_on_signal()
    if running is not None:
        running.start()
    try:
        server.run()
    finally:
        server.close()
        if running is not None:
            running.stop(timeout=10.0)


def _serve_processes(app: Any, runtime: Runtime, bind: str, workers: int, threads: int, background: bool) -> None:
    """Several processes on one machine: the application is made once and shared by the forked processes."""
    if sys.platform == "win32":
        raise ConfigError("--workers needs gunicorn, which does not run on Windows; leave it out")
    from gunicorn.app.base import BaseApplication

    from weft.core.outbox.worker import Worker

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        """gunicorn with our settings and no file of its own."""

        def load_config(self) -> None:
            options = {
                "bind": bind, "workers": workers, "threads": threads, "worker_class": "gthread", "preload_app": True,
                "timeout": 120, "graceful_timeout": 20, "keepalive": 5, "post_fork": begin, "worker_exit": end,
                "accesslog": None, "control_socket_disable": True,
            }  # fmt: skip
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    at_work: list[Worker] = []

    def begin(_arbiter: Any, _process: Any) -> None:
        if background:
            at_work.append(Worker(runtime))
            at_work[0].start()

    def end(_arbiter: Any, _process: Any) -> None:
        for one in at_work:
            one.stop(timeout=10.0)

    runtime.db.dispose()  # no connection may cross the fork
    Server().run()
