#!/bin/sh
# Installs Debian's PostgreSQL for the tests of the second engine, where that is allowed.
set -eu
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
command -v initdb >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing PostgreSQL for the tests of the second engine (once) …"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null && exit 0
fi
if [ "${CI:-}" = true ]; then
  echo "PostgreSQL is missing and could not be installed; CI needs it." >&2
  exit 1
fi
echo "No PostgreSQL, and no right to install it: the tests of the second engine will be skipped."
