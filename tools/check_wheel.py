"""Build the sdist and the wheel, install the wheel into a clean environment and use it as a new user would.

Fails when the wheel lacks files or carries too many, when `weft serve` does not start with an empty data folder, or
when the sign-in page or one of its assets does not answer.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parent.parent
ASSETS = "weft/core/web/static/dist/manifest.json"
DATA = ("templates", "translations", "migrations")
UNWANTED = re.compile(r"(^|/)(tests|node_modules|frontend|__pycache__|devlinks|var)/|\.py[cod]$|\.map$|\.sqlite3$")
START_SECONDS = 180
LINK = re.compile(r'(?:href|src)="(/[^"]+\.(?:css|js|svg|png|ico)[^"]*)"')


def run(*command: str | Path, **options: object) -> None:
    """Run a command; its failure is ours."""
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL, **options)


def build(folder: Path) -> Path:
    """Build the sdist and, from it, the wheel."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    return wheel


def check_contents(wheel: Path) -> None:
    """Compare the wheel with the checkout."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {ASSETS}
    listed = subprocess.run(
        ["git", "ls-files", "-z", "core", "plugins", "portals"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        parts = Path(name).parts
        if "frontend" in parts or not (ROOT / name).exists():
            continue
        if name.endswith(".py") or set(DATA).intersection(parts):
            expected.add(f"weft/{name}")
    missing = sorted(expected - names)
    extra = sorted(name for name in names if UNWANTED.search(name))
    if missing or extra:
        sys.exit(
            "".join([f"not in the wheel: {n}\n" for n in missing] + [f"too much in the wheel: {n}\n" for n in extra])
        )
    print(f"{wheel.name}: {len(names)} files, {wheel.stat().st_size // 1024} kB")


def install(wheel: Path, venv: Path) -> Path:
    """Make a clean environment with the locked run-time packages and the wheel."""
    uv = Path(sys.executable).parent / "uv"
    lock = ROOT / "requirements" / "runtime.txt"
    if uv.exists():
        run(uv, "venv", "--quiet", "--python", sys.executable, venv)
        pip = [uv, "pip", "install", "--quiet", "--python", venv / "bin" / "python"]
    else:
        run(sys.executable, "-m", "venv", venv)
        pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet"]
    run(*pip, "--require-hashes", "-r", lock)
    run(*pip, "--no-deps", wheel)
    return venv / "bin"


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(address: str) -> tuple[str, str]:
    """Return the final address and the text of a page."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.url, answer.read().decode("utf-8", "replace")


def wait_until_healthy(server: subprocess.Popen[bytes], base: str) -> float:
    """Wait for the first answer of /healthz and return the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS:
        if server.poll() is not None:
            sys.exit(f"`weft serve` ended with exit code {server.returncode}")
        try:
            get(f"{base}/healthz")
            return time.monotonic() - began
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    sys.exit(f"`weft serve` did not answer within {START_SECONDS} s")


def check_pages(base: str) -> None:
    """Open the sign-in page and fetch what it links to."""
    address, page = get(f"{base}/")
    if "/auth/" not in address or "<form" not in page or 'type="password"' not in page:
        sys.exit(f"{address} is not the sign-in page:\n{page[:500]}")
    links = sorted(set(LINK.findall(page)))
    if not any(".css" in link for link in links):
        sys.exit("the sign-in page links no style sheet")
    for link in links:
        get(urljoin(base, link))
    print(f"{address}: {len(links)} assets answer")


def serve(bin_folder: Path, home: Path) -> None:
    """Start the installed server with an empty data folder and use it."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("WEFT_", "PYTHON", "VIRTUAL_ENV"))
    }
    env = {**kept, "WEFT_HOME": str(home), "WEFT_BIND": f"127.0.0.1:{port}"}
    run(bin_folder / "weft", "--help", env=env, cwd=home.parent, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([bin_folder / "weft", "serve"], env=env, cwd=home.parent, stdin=subprocess.DEVNULL)
    try:
        print(f"first answer after {wait_until_healthy(server, base):.1f} s")
        check_pages(base)
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            sys.exit("`weft serve` did not stop within 20 s of SIGTERM")


def main() -> None:
    """Do all of it in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="weft-wheel-") as name:
        folder = Path(name)
        wheel = build(folder / "dist")
        check_contents(wheel)
        (folder / "home").mkdir()
        serve(install(wheel, folder / "venv"), folder / "home")


if __name__ == "__main__":
    main()
