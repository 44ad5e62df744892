#!/bin/sh
# Stops the service when the package goes. Debian says "remove" then, RPM 0.
set -e
case "$1" in
    remove | 0)
        if [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
            systemctl --no-reload disable --now finpages.service || :
        fi
        ;;
esac
