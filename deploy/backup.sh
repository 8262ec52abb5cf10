#!/usr/bin/env bash
# Backs up Millrace's database while everything runs, and checks the backup.
# Usage: [DATABASE_URL=...] backup.sh [FILE]
# FILE must not exist yet; default millrace-<UTC time>.db or .dump in this folder.
set -euo pipefail
# shellcheck source=deploy/database.sh
source "$(dirname "${BASH_SOURCE[0]}")/database.sh"
read_database_url
umask 077

suffix=$([ "$kind" = sqlite ] && echo db || echo dump)
target=${1:-millrace-$(date -u +%Y%m%dT%H%M%SZ).$suffix}
[ ! -e "$target" ] || fail "$target exists already"
part=$target.part
trap 'rm -f "$part" "$part"-*' EXIT

if [ "$kind" = sqlite ]; then
  [ -f "$file" ] || fail "$file does not exist"
  # Online: SQLite copies a consistent state; writers wait for a moment at most.
  sqlite3 "$file" ".timeout 10000" ".backup '$part'" || fail "the backup of $shown failed"
  # One file, whatever the original's journal mode.
  sqlite3 "$part" "pragma journal_mode=delete" >/dev/null
  check_sqlite "$part"
  holds=$(contents_of_sqlite "$part")
else
  pg_dump --format=custom --no-owner --no-privileges --file="$part" --dbname="$url" ||
    fail "the backup of $shown failed"
  check_dump "$part"
  holds="custom format of pg_dump"
fi
sync "$part"
mv "$part" "$target"
echo "backup of $shown: $target ($holds)"
