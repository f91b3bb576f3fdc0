#!/usr/bin/env bash
# Dumps the databases of all services as they were at one instant (mongodump with the
# replica set's oplog), packs and digests the dump. The event stream is not part of
# it: restored services state their facts again. The master key is not part of it.
#
#   MONGODB_URI=mongodb://… deploy/backup/mongo-backup.sh /backups/2026-11-23
set -euo pipefail

to=${1:?folder to make}
: "${MONGODB_URI:?address of the replica set}"
command -v mongodump >/dev/null || { echo "mongodump is missing: install the MongoDB Database Tools" >&2; exit 1; }
[ ! -e "$to" ] || { echo "$to exists already" >&2; exit 1; }

mkdir -p "$(dirname "$to")"
mkdir -m 700 "$to.partial"
trap 'rm -rf "$to.partial"' ERR INT TERM
# The address may hold a password: it goes through a file, never the process list.
config=$to.partial/.uri
(umask 077 && printf 'uri: "%s"\n' "$MONGODB_URI" >"$config")
mongodump --config="$config" --oplog --gzip --archive="$to.partial/dump.archive.gz"
rm "$config"
(cd "$to.partial" && sha256sum dump.archive.gz >SHA256SUMS)
sync "$to.partial"/*
mv "$to.partial" "$to"
echo "$to: $(du -h "$to/dump.archive.gz" | cut -f1)"
