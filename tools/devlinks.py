"""Make devlinks/weft/{core,plugins,portals}, links to the three folders under their import name.

Type checkers do not run the import hook of an editable install; this git-ignored folder shows them `weft` as a tree.
On Windows the links are directory junctions, which need no special rights.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("core", "plugins", "portals")


def link(source: Path, target: Path) -> None:
    """Make `target` a link to the folder `source`, unless it is one already."""
    if target.exists() and target.samefile(source):
        return
    if target.is_symlink():
        target.unlink()
    if sys.platform == "win32":
        import _winapi

        _winapi.CreateJunction(str(source), str(target))
    else:
        target.symlink_to(os.path.relpath(source, target.parent), target_is_directory=True)


def main() -> None:
    """Make all links."""
    folder = ROOT / "devlinks" / "weft"
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        link(ROOT / name, folder / name)


if __name__ == "__main__":
    main()
