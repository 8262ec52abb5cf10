#!/usr/bin/env bash
# Installs what is missing of deploy/debian-packages.txt.
# Usage: install-packages.sh SECTION... (build, run, test)
set -euo pipefail
cd "$(dirname "$0")"

wanted() {
  awk -v sections=" $* " '
    /^\[/ { gsub(/[][]/, "", $1); take = index(sections, " " $1 " ") > 0; next }
    /^#/ || NF == 0 { next }
    take { print $1 }' debian-packages.txt
}

# Names of all packages that are there, and of what they provide: a newer Node.js
# from elsewhere brings its own npm and refuses Debian's.
there() {
  dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' \
    | sed -n 's/^installed //p' | tr ',' '\n' | awk '{ print $1 }'
}

missing=()
present=$(there)
for package in $(wanted "$@"); do
  grep -qxF "$package" <<<"$present" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "run as root, these packages are missing: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
