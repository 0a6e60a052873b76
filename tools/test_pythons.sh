#!/bin/bash
# Run the fast tests on every supported Python that is installed. Further arguments go to pytest.
set -euo pipefail

# Let pyenv's shims offer every version it has, not only the chosen one.
if command -v pyenv >/dev/null; then
    PYENV_VERSION=$(pyenv versions --bare | grep '^3' | paste -sd: -)
    export PYENV_VERSION
fi

ran=0
for version in 3.11 3.12 3.13; do
    if ! python=$("python$version" -c 'import sys; print(sys.executable)' 2>/dev/null); then
        echo "Python $version: not installed, left out"
        continue
    fi
    echo "Python $version"
    make --no-print-directory test-fast VENV=".venv-$version" PYTHON="$python" ARGS="$*"
    ran=$((ran + 1))
done
[ "$ran" -gt 0 ]
