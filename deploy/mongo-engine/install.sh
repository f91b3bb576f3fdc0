#!/usr/bin/env bash
# Installs the real MongoDB server code as a test engine into .cache/mongo-engine.
# It touches nothing else on the machine, needs no root, and is quick when done.
#
# The engine is the npm package pinned in package-lock.json (SSPL: for tests only,
# never shipped or linked). It needs glibc 2.38; on an older Debian the loader and
# C libraries of Debian 13 are unpacked beside it and used for it alone.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$here/../.." && pwd)/.cache/mongo-engine
want=$(cat "$here/package-lock.json" "$here/install.sh" | cksum)

missing() {
  echo "mongo-engine: $1" >&2
  echo "mongo-engine: without it the tests on the MongoDB engine are left out; or set TEST_MONGODB_URL to a server" >&2
  exit 1
}

if [ "$(cat "$cache/ready" 2>/dev/null || true)" = "$want" ]; then
  exit 0
fi

command -v node >/dev/null || missing "Node.js 20 or newer is missing"
command -v npm >/dev/null || missing "npm is missing"
node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' || missing "Node.js 20 or newer is needed, this is $(node --version)"

mkdir -p "$cache"
exec 9>"$cache/lock" # two installs at once: the second waits and finds it done
if command -v flock >/dev/null; then flock 9; fi
if [ "$(cat "$cache/ready" 2>/dev/null || true)" = "$want" ]; then
  exit 0
fi
rm -f "$cache/ready"

echo "mongo-engine: installing the engine from npm"
cp "$here/package.json" "$here/package-lock.json" "$cache/"
npm ci --prefix "$cache" --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null ||
  missing "npm ci failed"

# private_libc fetches Debian 13's C libraries with apt, through a sources list and
# state of their own. The mirror is the one this machine uses; the archive key is
# the one Debian 12 has.
private_libc() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    missing "glibc is older than 2.38, and this is no Debian whose apt could fetch a newer one"
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg mirror apt=$cache/apt deb
  [ -r "$keyring" ] || missing "glibc is older than 2.38, and $keyring (package debian-archive-keyring) is missing"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    grep -E '/debian/?$' | head -n 1)
  [ -n "$mirror" ] || missing "glibc is older than 2.38, and the apt sources name no Debian mirror"

  rm -rf "$apt" "$cache/lib" "$cache/lib.new"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/debs" "$cache/lib.new"
  : >"$apt/status"
  echo "deb [signed-by=$keyring] $mirror trixie main" >"$apt/sources.list"
  local options=(
    -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=-
    -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status"
    -o Dir::Cache="$apt/cache" -o APT::Sandbox::User="$(id -un)"
    -o Acquire::Languages=none -o Acquire::Retries=3 -q=2
  )
  apt-get "${options[@]}" update || missing "apt could not read Debian 13's package list"
  (cd "$apt/debs" && apt-get "${options[@]}" download libc6 libstdc++6 libgcc-s1) ||
    missing "apt could not fetch Debian 13's C libraries"
  for deb in "$apt"/debs/*.deb; do
    dpkg-deb -x "$deb" "$apt/root"
  done
  find "$apt/root" \( -type f -o -type l \) -name '*.so*' -path '*/lib*' ! -path '*/gconv/*' ! -path '*/usr/share/*' \
    -exec cp -L {} "$cache/lib.new/" \;
  mv "$cache/lib.new" "$cache/lib"
  rm -rf "$apt"
}

have=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2 || true)
if [ -n "$have" ] && [ "$(printf '%s\n2.38\n' "$have" | sort -V | head -n 1)" != 2.38 ]; then
  echo "mongo-engine: glibc $have is older than 2.38, fetching Debian 13's into $cache/lib"
  private_libc
fi

# It is done when it has answered: opened a folder, listened, stopped.
"$here/run.sh" </dev/null >"$cache/check.log" 2>&1 && grep -q '^port ' "$cache/check.log" ||
  { cat "$cache/check.log" >&2; missing "the engine was installed but does not start"; }
echo "$want" >"$cache/ready"
echo "mongo-engine: ready"
