#!/bin/sh
# Install what the browser tests need from Debian's packages: Chromium with its driver, fonts for Latin and Chinese.
# Without root or apt-get it only says what is missing; then the browser tests skip themselves. In CI that is an error.
set -eu

missing=
for package in chromium chromium-driver fonts-inter fonts-noto-cjk; do
    if ! dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii'; then
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    echo "Installing$missing"
    # Another apt-get may be at work on this machine: wait for its lock.
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    # Chromium without a window is quicker, where this Debian has it.
    if apt-cache show chromium-headless-shell >/dev/null 2>&1; then missing="$missing chromium-headless-shell"; fi
    # shellcheck disable=SC2086 # a list of names
    exec apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends $missing >/dev/null
fi

echo "Not installed, so the browser tests cannot run:$missing" >&2
[ "${CI:-}" != true ]
