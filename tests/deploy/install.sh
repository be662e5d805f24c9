#!/bin/sh
# Installs what boots a fresh Debian in a folder.
set -eu
command -v debootstrap >/dev/null && command -v systemd-nspawn >/dev/null && exit 0
echo "Installing debootstrap and systemd-nspawn (once) …"
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap systemd-container openssl >/dev/null
