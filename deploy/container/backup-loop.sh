#!/usr/bin/env bash
# A backup now and every BACKUP_INTERVAL seconds (3600), the newest BACKUP_KEEP
# (168) are kept, in the working folder. DATABASE_URL or DATABASE_URL_FILE.
#   backup-loop.sh            until it is told to end
#   backup-loop.sh --once     one backup
#   backup-loop.sh --healthy  whether the newest one is younger than two intervals
set -uo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
interval=${BACKUP_INTERVAL:-3600}
keep=${BACKUP_KEEP:-168}

whole_number() { # whole_number NAME VALUE
  [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || {
    echo "$1=\"$2\" is no whole number above 0" >&2
    exit 1
  }
}
whole_number BACKUP_INTERVAL "$interval"
whole_number BACKUP_KEEP "$keep"

# Their names begin with the time, so the order of names is that of age.
backups() {
  find . -maxdepth 1 -type f \( -name 'millrace-*T*Z.db' -o -name 'millrace-*T*Z.dump' \) | sort
}

once() {
  "$here/backup.sh" || return 1
  backups | head -n "-$keep" | while read -r old; do rm -f "$old"; done
}

pause() {
  sleep "$1" &
  wait $!
}

case ${1:-} in
  --once) once ;;
  --healthy)
    newest=$(backups | tail -n 1)
    [ -n "$newest" ] || { echo "there is no backup yet"; exit 1; }
    age=$(($(date +%s) - $(stat -c %Y "$newest")))
    [ "$age" -lt $((2 * interval)) ] || { echo "the newest backup is $age s old"; exit 1; }
    ;;
  '')
    trap 'kill $(jobs -p) 2>/dev/null; exit 0' TERM INT
    while true; do
      if once; then pause "$interval"; else pause $((interval < 60 ? interval : 60)); fi
    done
    ;;
  *)
    echo "usage: backup-loop.sh [--once | --healthy]" >&2
    exit 2
    ;;
esac
