#!/bin/sh
# Starts the unit under a systemd of its own, in namespaces, in a cgroup of its
# own and on overlays, so that nothing outside is changed. As root:
#
#   sh unit.sh PROGRAM DEPLOY-FOLDER OUTPUT-FILE
set -eu
program=$1 deploy=$2 output=$3

if [ "$$" != 1 ]; then # outside of the namespaces
    cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/finpages-test-$$
    mkdir "$cgroup"
    # With v2 alone, this shell has to leave before the cgroup can go.
    old=$(dirname "$cgroup")$(sed -n 's/^0:://p' /proc/self/cgroup)
    # shellcheck disable=SC2317 # the trap calls it
    leave() {
        echo $$ >"$old/cgroup.procs"
        find "$cgroup" -depth -type d -exec rmdir {} +
    }
    trap leave EXIT
    echo $$ >"$cgroup/cgroup.procs"
    timeout -s KILL 90 unshare --fork --kill-child --pid --mount --mount-proc --cgroup --uts --ipc --net sh "$0" "$@"
    exit
fi

ip link set lo up
mount --make-rprivate /
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs tmpfs /run
for dir in /etc /usr/bin /usr/lib/sysusers.d /var/lib /srv; do
    mkdir -p "/run/upper$dir" "/run/work$dir"
    mount -t overlay overlay -o "lowerdir=$dir,upperdir=/run/upper$dir,workdir=/run/work$dir" "$dir"
done
rm -rf /var/lib/finpages # of an installed one; the overlay hides it
cp "$program" /usr/bin/finpages
chmod 0755 /usr/bin/finpages
cp "$deploy/systemd/finpages.sysusers" /usr/lib/sysusers.d/finpages.conf
systemd-sysusers finpages.conf

# A folder, a repository, and one over ssh with the key of a credential.
umask 022
mkdir -p /etc/finpages /srv/docs /run/sshd
printf '# One\n\nA page.\n' >/srv/docs/one.md
git init -q -b main /srv/repo
printf '# Two\n\nA page.\n' >/srv/repo/two.md
git -C /srv/repo add .
git -C /srv/repo -c user.name=a -c user.email=a@example.com commit -qm one
echo token >/etc/finpages/intercom-token
chmod 600 /etc/finpages/intercom-token
ssh_source=
if [ -x /usr/sbin/sshd ]; then
    # What root's shell does at its start is no part of this.
    [ ! -f /root/.bashrc ] || mount --bind /dev/null /root/.bashrc
    git clone -q --bare /srv/repo /srv/ssh.git
    ssh-keygen -q -t ed25519 -N '' -f /run/host-key
    ssh-keygen -q -t ed25519 -N '' -f /etc/finpages/ssh-key
    cp /etc/finpages/ssh-key.pub /run/authorized
    echo "[127.0.0.1]:18022 $(cat /run/host-key.pub)" >/etc/finpages/known-hosts
    # ${CREDENTIALS_DIRECTORY} is finpages' to fill in.
    # shellcheck disable=SC2016
    ssh_source='  - {name: ssh, import_source: {url: "https://c.example.com"}, git: {url: "ssh://root@127.0.0.1:18022/srv/ssh.git",
      auth: {ssh_key_file: "${CREDENTIALS_DIRECTORY}/ssh-key", known_hosts_file: /etc/finpages/known-hosts}}}'
fi
chown -R finpages /srv/repo
cat >/etc/finpages/finpages.yaml <<YAML
intercom: {token_file: "\${CREDENTIALS_DIRECTORY}/intercom-token", base_url: "http://127.0.0.1:18089"}
state: /var/lib/finpages/state.db
server: {listen: "127.0.0.1:19464"}
defaults: {schedule: "@every 1s", availability: {ai_agent: true, ai_copilot: true}}
sources:
  - {name: docs, import_source: {url: "https://a.example.com"}, filesystem: {root: /srv/docs}}
  - {name: repo, import_source: {url: "https://b.example.com"}, git: {url: "file:///srv/repo"}}
$ssh_source
YAML

# Another workspace.
echo token >/etc/finpages/other-token
chmod 600 /etc/finpages/other-token
cat >/etc/finpages/other.yaml <<YAML
intercom: {token_file: "\${CREDENTIALS_DIRECTORY}/intercom-token", base_url: "http://127.0.0.1:18089"}
state: /var/lib/finpages-other/state.db
server: {listen: "127.0.0.1:19465", socket: /run/finpages-other/finpages.sock}
defaults: {schedule: "@every 1s", availability: {ai_agent: true, ai_copilot: true}}
sources:
  - {name: docs, import_source: {url: "https://other.example.com"}, filesystem: {root: /srv/docs}}
YAML

units=/run/systemd/system
mkdir -p "$units/finpages.service.d"
cp "$deploy/systemd/finpages.service" "$deploy/systemd/finpages@.service" "$units"
mkdir "$units/finpages@other.service.d"
printf '[Unit]\nDefaultDependencies=no\n' >"$units/finpages@other.service.d/test.conf"
cat >"$units/finpages.service.d/test.conf" <<UNIT
[Unit]
DefaultDependencies=no
[Service]
LoadCredential=ssh-key:/etc/finpages/ssh-key
RestartSec=100ms
StandardOutput=append:/run/finpages.log
StandardError=append:/run/finpages.log
UNIT
[ -n "$ssh_source" ] || sed -i /ssh-key/d "$units/finpages.service.d/test.conf"
service() { # name, type, command
    printf '[Unit]\nDefaultDependencies=no\n[Service]\nType=%s\nExecStart=%s\n' "$2" "$3" >"$units/$1.service"
}
service emulator exec '/usr/bin/finpages emulator --listen 127.0.0.1:18089'
service sshd-test exec '/usr/sbin/sshd -D -f /dev/null -p 18022 -h /run/host-key -o ListenAddress=127.0.0.1 -o AuthorizedKeysFile=/run/authorized -o StrictModes=no'
service probe oneshot "/bin/sh /run/probe.sh"
cat >/run/probe.sh <<PROBE
exec >"$output" 2>&1
systemctl start sshd-test emulator
systemctl start finpages || :
systemctl show finpages -p ActiveState
export CREDENTIALS_DIRECTORY=/run/credentials/finpages.service FINPAGES_CONFIG=/etc/finpages/finpages.yaml
for i in \$(seq 100); do
    # A page of each source is in Fin.
    finpages status --json >/run/status.json
    [ "\$(grep -c '"pages": 1' /run/status.json)" = "\$(grep -c 'name:' /etc/finpages/finpages.yaml)" ] && echo SYNCED && break
    sleep 0.2
done
systemctl start finpages@other || :
for i in \$(seq 100); do
    finpages --config /etc/finpages/other.yaml status --json | grep -q '"pages": 1' && echo OTHER && break
    sleep 0.2
done
finpages status
systemctl reload finpages
systemctl show finpages -p ActiveState
restarted() { # times
    for i in \$(seq 100); do
        [ "\$(systemctl show finpages -p NRestarts -p SubState | sort | tr '\n' ' ')" = "NRestarts=\$1 SubState=running " ] && echo "RESTARTED \$1" && break
        sleep 0.1
    done
}
# As the watchdog ends it, and by a memory fault: its state file is cut off.
systemctl kill -s ABRT finpages
restarted 1
truncate -s 8192 /var/lib/finpages/state.db
restarted 2
systemctl stop finpages
systemctl show finpages -p Result -p ExecMainStatus
cat /run/finpages.log
echo END
systemctl exit 0
PROBE
printf '[Unit]\nDefaultDependencies=no\nWants=probe.service\n' >"$units/test.target"

# The credentials that systemd mounts must reach the service.
mount --make-rshared /
container=other exec /lib/systemd/systemd --system --unit=test.target --log-target=console --log-level=warning
