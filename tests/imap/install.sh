#!/bin/sh
# Installs Debian's Dovecot for the tests of the mailbox, where that is allowed.
set -eu
command -v dovecot >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Dovecot for the tests of the mailbox (once) …"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dovecot-imapd >/dev/null && exit 0
fi
if [ "${CI:-}" = true ]; then
  echo "Dovecot is missing and could not be installed; CI needs it." >&2
  exit 1
fi
echo "No Dovecot, and no right to install it: the tests of the mailbox will be skipped."
