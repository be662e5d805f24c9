#!/bin/sh
# Installs what boots a fresh Debian in a folder; with "containers", what runs containers there.
set -eu
if [ "${1:-}" = containers ]; then
  command -v debootstrap >/dev/null && command -v podman >/dev/null && [ -e /usr/lib/podman/aardvark-dns ] && exit 0
  wanted="debootstrap podman netavark aardvark-dns iptables"
else
  command -v debootstrap >/dev/null && command -v systemd-nspawn >/dev/null && exit 0
  wanted="debootstrap systemd-container openssl"
fi
echo "Installing $wanted (once) …"
# shellcheck disable=SC2086
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
