#!/bin/sh
# Installs Debian's Chromium for the browser tests, where that is allowed: the one without windows,
# which takes a quarter of the processor's time. Where there is none, the usual one does as well.
set -eu
has() { command -v "$1" >/dev/null; }
install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null 2>&1; }
has chromium-headless-shell && exit 0
if [ "$(id -u)" = 0 ] && has apt-get; then
  echo "Installing Chromium for the browser tests (once) …"
  has chromium || apt-get update -qq || true
  install chromium-headless-shell || has chromium || install chromium || true
fi
has chromium-headless-shell || has chromium && exit 0
if [ "${CI:-}" = true ]; then
  echo "Chromium is missing and could not be installed; CI needs it." >&2
  exit 1
fi
echo "No Chromium, and no right to install it: the browser tests will be skipped."
