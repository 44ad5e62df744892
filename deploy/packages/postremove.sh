#!/bin/sh
# Config, secrets, state and user are the operator's and stay, until Debian
# purges the package: then they go. With FINPAGES_KEEP_STATE=1 the state and the
# user who owns it stay:
#
#   sudo FINPAGES_KEEP_STATE=1 apt purge finpages
set -e
root=${DPKG_ROOT:-}
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload || :
fi
[ "$1" = purge ] || exit 0
rm -rf "$root/etc/finpages" "$root/etc/systemd/system/finpages.service.d" "$root"/etc/systemd/system/finpages@*.service.d
[ -z "${FINPAGES_KEEP_STATE:-}" ] || exit 0
rm -rf "$root/var/lib/finpages" "$root"/var/lib/finpages-*
# userdel leaves the group where it has members.
! grep -q '^finpages:' "$root/etc/passwd" || userdel ${root:+--prefix "$root"} finpages
! grep -q '^finpages:' "$root/etc/group" || groupdel ${root:+--prefix "$root"} finpages
