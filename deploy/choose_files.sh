#!/bin/sh
# Puts what an image of SERVICE holds from SOURCE (the repository) into TARGET.
# Usage: choose_files.sh SERVICE SOURCE TARGET
set -eu
service=$1
source=$2
target=$3

copy() {
    mkdir -p "$target/$(dirname "$1")"
    cp -R "$source/$1" "$target/$1"
}

case $service in
gateway)
    copy gateway
    # Of the console what is built, not its sources.
    rm -rf "$target/gateway/console"
    if [ -d "$source/gateway/console/dist" ]; then copy gateway/console/dist; fi
    ;;
operations)
    # Backups know whose databases there are by their migrations, restores run them.
    copy gateway/migrations
    for migrations in "$source"/services/*/migrations; do
        copy "${migrations#"$source"/}"
    done
    ;;
intake | ticketing | dispatch | sla | notify | kb | reporting)
    copy "services/$service"
    ;;
*)
    echo "no such service: $service" >&2
    exit 64
    ;;
esac

copy libs
# What starts private servers and runs the tests on a developer's machine.
rm -rf "$target/libs/common/supervisor" "$target/libs/common/testing"
find "$target" -name __pycache__ -type d -prune -exec rm -rf {} +
