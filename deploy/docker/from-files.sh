#!/bin/sh
# For programs that read no secrets from files: from-files.sh NAME [NAME ...] -- COMMAND
# runs the command with each NAME set to the content of the file that NAME_FILE names.
set -eu
while [ "$1" != -- ]; do
    eval "file=\$${1}_FILE"
    # shellcheck disable=SC2154 # the line before sets it
    content=$(cat "$file")
    export "$1=$content"
    unset "${1}_FILE"
    shift
done
shift
exec "$@"
