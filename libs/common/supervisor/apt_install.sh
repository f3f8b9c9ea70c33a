#!/bin/sh
# Installs Debian packages for their programs alone: no service of theirs is started or enabled.
# Usage (as root): apt_install.sh PACKAGE…
set -eu

policy=/usr/sbin/policy-rc.d
units() { ls /lib/systemd/system /usr/lib/systemd/system 2>/dev/null | grep -E '\.(service|socket|timer)$' | grep -v @ | sort -u; }

before=$(mktemp)
after=$(mktemp)
own_policy=
cleanup() { rm -f "$before" "$after"; [ -z "$own_policy" ] || rm -f "$policy"; }
trap cleanup EXIT
trap 'exit 130' INT TERM

if [ ! -e "$policy" ]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
units >"$before" || true

export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -q --no-install-recommends --no-upgrade -o DPkg::Lock::Timeout=300 "$@"; }
# Package lists of a fresh machine are empty or old: renew them only when needed.
install "$@" || { apt-get update -q -o DPkg::Lock::Timeout=300; install "$@"; }

units >"$after" || true
if command -v systemctl >/dev/null 2>&1; then
    comm -13 "$before" "$after" | while read -r unit; do
        systemctl disable "$unit" >/dev/null 2>&1 || true
    done
fi
