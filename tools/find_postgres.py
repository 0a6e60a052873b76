"""Print the address of the PostgreSQL server for the tests, or nothing when there is none.

Asked for in this order: WEFT_TEST_POSTGRES_URL, the database `test` on 127.0.0.1. A local Debian server that is
installed but stopped is started. A server that was asked for by name, or any in CI, must answer: exit code 1 if not.
"""

import os
import shutil
import subprocess
import sys

import psycopg

LOCAL = "postgresql+psycopg://root@127.0.0.1/test"


def answers(url: str) -> bool:
    """Tell whether one can connect."""
    try:
        psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=5).close()
    except psycopg.Error as error:
        print(f"PostgreSQL for the tests: {str(error).strip()}", file=sys.stderr)
        return False
    return True


def start_stopped_clusters() -> bool:
    """Start Debian's clusters that are down; tell whether there was one."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("pg_lsclusters"):
        return False
    listed = subprocess.run(["pg_lsclusters", "--no-header"], capture_output=True, text=True, check=False).stdout
    stopped = [line.split()[:2] for line in listed.splitlines() if "down" in line.split()[3]]
    for version, name in stopped:
        command = ["pg_ctlcluster", "--skip-systemctl-redirect", version, name, "start"]
        subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL, check=False)
    return bool(stopped)


def main() -> int:
    """Find the server."""
    named = os.environ.get("WEFT_TEST_POSTGRES_URL")
    url = named or LOCAL
    if answers(url) or (start_stopped_clusters() and answers(url)):
        print(url)
        return 0
    if named or os.environ.get("CI") == "true":
        print("The tests on PostgreSQL cannot run.", file=sys.stderr)
        return 1
    print("No PostgreSQL: its tests are skipped.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
