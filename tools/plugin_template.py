"""Bring the template of `weft plugin new` up to date with the sample plugin: `python tools/plugin_template.py`.

The wheel cannot carry tests/, so the template is a copy with `.txt` behind every name; a test compares the two.
"""

import shutil
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLE = CHECKOUT / "tests" / "sample_plugin"
TEMPLATE = CHECKOUT / "core" / "cli" / "templates" / "plugin"
LEFT_OUT = ("__pycache__", "build", ".egg-info")


def sample_files() -> dict[str, Path]:
    """Files of the sample plugin by their place in the template."""
    found = {}
    for path in sorted(SAMPLE.rglob("*")):
        place = path.relative_to(SAMPLE)
        if path.is_file() and not any(part.endswith(LEFT_OUT) for part in place.parts):
            found[f"{place.as_posix()}.txt"] = path
    return found


def main() -> None:
    """Copy."""
    shutil.rmtree(TEMPLATE, ignore_errors=True)
    for place, path in sample_files().items():
        target = TEMPLATE / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


if __name__ == "__main__":
    main()
