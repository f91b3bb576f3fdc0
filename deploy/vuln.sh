#!/usr/bin/env bash
# Looks for known vulnerabilities that the code can reach, module by module. Fails when
# there is one. Without its database (vuln.go.dev) nothing can be said: it says so and
# does not fail, so that a closed network can build.
#
#   deploy/vuln.sh <govulncheck> <module folder>...
set -uo pipefail
cd "$(dirname "$0")/.."
check=$1
shift
found=0
for module in "$@"; do
  out=$(cd "$module" && "$check" ./... 2>&1)
  case $? in
    0) echo "$module: nothing known" ;;
    3) echo "$module: KNOWN VULNERABILITIES"; echo "$out"; found=1 ;;
    *)
      if grep -qiE 'fetching|vulnerability index|dial tcp|no such host|vuln\.go\.dev' <<<"$out"; then
        echo "WARNING: the vulnerability database could not be reached; NOTHING WAS CHECKED:"
        echo "$out" | tail -n 2
        exit "$found"
      fi
      echo "$out"
      exit 1
      ;;
  esac
done
exit "$found"
