#!/bin/sh
# Stops the services when the package goes, and takes them out of the boot.
# Debian says "remove" then, RPM 0.
set -e
case "$1" in
    remove | 0) ;;
    *) exit 0 ;;
esac
if [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
    systemctl stop finpages.service 'finpages@*.service' || :
fi
for link in "${DPKG_ROOT:-}"/etc/systemd/system/*.wants/finpages.service \
    "${DPKG_ROOT:-}"/etc/systemd/system/*.wants/finpages@*.service; do
    [ ! -L "$link" ] || rm -f "$link"
done
