#!/usr/bin/env bash
# Puts a backup in the place of Millrace's database. batch-store must be stopped.
# What was there is kept as a backup beside it. Read docs/backup.md first.
# Usage: [DATABASE_URL=...] restore.sh FILE
set -euo pipefail
# shellcheck source=deploy/database.sh
source "$(dirname "${BASH_SOURCE[0]}")/database.sh"
[ $# = 1 ] || fail "usage: restore.sh FILE"
backup=$1
[ -f "$backup" ] || fail "$backup does not exist"
read_database_url
umask 077
running="batch-store is running on $shown: stop it first, e.g. systemctl stop millrace-batch-store"
now=$(date -u +%Y%m%dT%H%M%SZ)

restore_sqlite() {
  check_sqlite "$backup"
  # The claim of batch-store, held until this script ends.
  exec 9>>"$file.lock"
  flock --nonblock 9 || fail "$running"
  local fresh=$file.restored
  rm -f "$fresh" "$fresh"-*
  sqlite3 -readonly "$backup" ".backup '$fresh'"
  check_sqlite "$fresh"
  if [ -f "$file" ]; then
    kept=$file.before-restore-$now
    sqlite3 "$file" ".backup '$kept'" || cp "$file" "$kept"
    chown --reference="$file" "$fresh" "$kept" 2>/dev/null || true
    chmod --reference="$file" "$fresh"
  fi
  sync "$fresh"
  # An old write-ahead log must never meet the new file.
  rm -f "$file-wal" "$file-shm"
  mv "$fresh" "$file"
  sync "$(dirname "$file")"
  check_sqlite "$file"
  echo "restored $shown from $backup: $(contents_of_sqlite "$file")"
}

ask_postgresql() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$url" --command="$1"
}

claims() {
  ask_postgresql "select count(*) from pg_locks where locktype = 'advisory' and granted
    and database = (select oid from pg_database where datname = current_database())"
}

restore_postgresql() {
  check_dump "$backup"
  local held
  held=$(claims) || fail "$shown does not answer"
  [ "$held" = 0 ] || fail "$running"
  kept=millrace-before-restore-$now.dump
  pg_dump --format=custom --no-owner --no-privileges --file="$kept" --dbname="$url"
  # One transaction: all of it or nothing.
  pg_restore --clean --if-exists --no-owner --no-privileges --single-transaction --exit-on-error \
    --dbname="$url" "$backup" || fail "nothing was changed: the restore of $shown failed"
  held=$(claims)
  [ "$held" = 0 ] || fail "restored, but batch-store was started meanwhile: restart it now"
  echo "restored $shown from $backup: $(ask_postgresql "select (select count(*) from mo_batch) ||
    ' batches in the queue, ' || (select count(*) from mo_histories) || ' in the history'")"
}

kept=
"restore_$kind"
[ -z "$kept" ] || echo "what was there before: $kept"
echo "Start batch-store. It asks the PLC and Odoo before it goes on; then look at the alerts and at
GET /api/admin/failed-to-push: each batch that is held says why and what to do."
