#!/usr/bin/env bash
# Runs every fuzz target of the given modules for a time each: deploy/fuzz.sh 20s pkg services/intake
set -euo pipefail
time=$1; shift
for module in "$@"; do
  (cd "$module" && go list ./... ) | while read -r package; do
    for target in $(cd "$module" && go test -list '^Fuzz' "$package" 2>/dev/null | grep '^Fuzz' || true); do
      echo "== $package $target"
      (cd "$module" && go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package")
    done
  done
done
