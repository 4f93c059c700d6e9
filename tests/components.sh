#!/usr/bin/env bash
# Finds or installs what some tests need besides the Python packages: a Chromium and LibreOffice's spreadsheet.
# PostgreSQL comes as a wheel. A test whose component cannot be had is skipped with the reason; in CI that is a failure.
set -euo pipefail

any_of() {
    local name
    for name in "$@"; do
        command -v "$name" > /dev/null && return 0
    done
    return 1
}

install() { # the package, what it is for
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        echo "Installing $1 for the tests of $2 …"
        apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$1" > /dev/null && return 0
    fi
    echo "$1 was not found, and could not be installed: some tests of $2 will be skipped." >&2
}

any_of chromium chromium-browser google-chrome || install chromium "pages"
any_of soffice libreoffice || install libreoffice-calc-nogui "the workbook"
