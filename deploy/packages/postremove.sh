#!/bin/sh
# State, config and user stay: they are the operator's.
set -e
if [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload || :
fi
