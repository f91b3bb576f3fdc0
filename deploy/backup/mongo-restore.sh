#!/usr/bin/env bash
# Puts a dump of mongo-backup.sh into an empty replica set. Run it while no service
# runs, against an empty NATS stream, and state all facts again afterwards.
#
#   MONGODB_URI=mongodb://… deploy/backup/mongo-restore.sh /backups/2026-11-23
set -euo pipefail

from=${1:?folder of the backup}
: "${MONGODB_URI:?address of the empty replica set}"
command -v mongorestore >/dev/null || { echo "mongorestore is missing: install the MongoDB Database Tools" >&2; exit 1; }
(cd "$from" && sha256sum --check --strict --quiet SHA256SUMS)

config=$(mktemp)
trap 'rm -f "$config"' EXIT
printf 'uri: "%s"\n' "$MONGODB_URI" >"$config"
mongorestore --config="$config" --oplogReplay --stopOnError --gzip --archive="$from/dump.archive.gz"
cat <<'END'
The documents are in place. Now, once for each service (intake, deadline, fee,
litigation), with the master key of the old installation:
  <service> restate
and start the services.
END
