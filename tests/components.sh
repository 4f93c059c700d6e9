#!/usr/bin/env bash
# Finds or installs what some tests need besides the Python packages: a Chromium. PostgreSQL comes as a wheel.
# A test whose component cannot be had is skipped with the reason; in CI that is a failure (tests/python/conftest.py).
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
    command -v "$name" > /dev/null && exit 0
done

if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "Installing Chromium for the tests of the docs site …"
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium > /dev/null && exit 0
fi
echo "No Chromium was found, and none could be installed: the tests that open pages will be skipped." >&2
