#!/bin/sh
# Makes the user, and restarts running services after an upgrade. Nothing is
# enabled or started that was not before.
set -e
case "$1" in
    abort-*) exit 0 ;;
esac
# dpkg --root sets DPKG_ROOT.
systemd-sysusers ${DPKG_ROOT:+--root="$DPKG_ROOT"} finpages.conf
if [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart finpages.service 'finpages@*.service' || :
fi
