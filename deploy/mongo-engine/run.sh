#!/usr/bin/env bash
# Serves the MongoDB test engine on a TCP port of the loopback and prints
# "port <n>". It stops when its standard input closes or on SIGTERM.
#   run.sh [--dir <data folder>] [--port <n>]
# Without --dir the data lives in a temporary folder that goes with the engine.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$here/../.." && pwd)/.cache/mongo-engine
if [ ! -d "$cache/node_modules" ]; then
  echo "mongo-engine: not installed; run deploy/mongo-engine/install.sh (make mongo-engine)" >&2
  exit 1
fi

node=$(readlink -f "$(command -v node)")
if [ -d "$cache/lib" ]; then
  loader=$(ls "$cache"/lib/ld-linux-*.so.* | head -n 1)
  exec "$loader" --library-path "$cache/lib:/usr/lib/$(uname -m)-linux-gnu" "$node" "$here/serve.mjs" --modules "$cache" "$@"
fi
exec "$node" "$here/serve.mjs" --modules "$cache" "$@"
