#!/bin/sh
# Installs Debian's Chromium for the browser tests, where that is allowed.
set -eu
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests (once) …"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
if [ "${CI:-}" = true ]; then
  echo "Chromium is missing and could not be installed; CI needs it." >&2
  exit 1
fi
echo "No Chromium, and no right to install it: the browser tests will be skipped."
