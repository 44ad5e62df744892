#!/bin/sh
# State, config and user stay: they are the operator's.
set -e
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || :
fi
