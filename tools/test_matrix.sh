#!/bin/bash
# Run the fast tests on every supported Python that is installed. Further arguments go to pytest.
set -euo pipefail

ran=0
for version in 3.11 3.12 3.13; do
    if ! "python$version" -c 'pass' 2>/dev/null; then
        echo "Python $version: not installed, left out"
        continue
    fi
    echo "Python $version"
    make --no-print-directory test-fast VENV=".venv-$version" PYTHON="python$version" ARGS="$*"
    ran=$((ran + 1))
done
[ "$ran" -gt 0 ]
