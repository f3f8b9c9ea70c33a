#!/bin/sh
# Makes or completes the virtual environment. Usage: make_venv.sh PYTHON VENV LOCK
set -eu
python=$1
venv=$2
lock=$3
here=$(dirname "$0")

if [ -z "$python" ]; then
    echo "Python 3.11 or newer is missing: install it (Debian: sudo apt-get install python3)" >&2
    exit 1
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else false; fi
}

can_make_venv() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }

# Debian splits venv off from Python.
if ! can_make_venv; then
    package="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    as_root sh "$here/apt_install.sh" "$package" || true
    can_make_venv || { echo "venv is missing: sudo apt-get install $package" >&2; exit 1; }
fi

# A virtual environment whose Python was too old or has been removed is made anew.
if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    "$python" -m venv --clear "$venv"
fi
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
