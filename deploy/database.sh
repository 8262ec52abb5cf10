# Which database, and how to reach it: sourced by backup.sh and restore.sh.
# shellcheck shell=bash disable=SC2034

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# Sets kind (sqlite or postgresql), file or url, and shown (without password).
read_database_url() {
  local env_file=${ENV_FILE:-.env}
  if [ -n "${DATABASE_URL_FILE:-}" ]; then
    [ -z "${DATABASE_URL:-}" ] || fail "DATABASE_URL and DATABASE_URL_FILE are both set; only one of them may be"
    [ -r "$DATABASE_URL_FILE" ] || fail "DATABASE_URL_FILE=\"$DATABASE_URL_FILE\" cannot be read"
    DATABASE_URL=$(<"$DATABASE_URL_FILE")
  fi
  if [ -z "${DATABASE_URL:-}" ] && [ -f "$env_file" ]; then
    DATABASE_URL=$(sed -n 's/^[[:space:]]*\(export[[:space:]]\+\)\?DATABASE_URL[[:space:]]*=[[:space:]]*//p' "$env_file" | tail -1 |
      sed -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'$/\1/")
  fi
  [ -n "${DATABASE_URL:-}" ] || fail "DATABASE_URL is not set, neither in the environment nor in $env_file"
  case $DATABASE_URL in
    sqlite:///*)
      kind=sqlite
      file=${DATABASE_URL#sqlite:///}
      shown=$DATABASE_URL
      command -v sqlite3 >/dev/null || fail "sqlite3 is missing: apt install sqlite3"
      ;;
    postgresql://* | postgres://* | postgresql+*://*)
      kind=postgresql
      take_password_out "${DATABASE_URL#*://}"
      command -v pg_dump >/dev/null || fail "pg_dump is missing: apt install postgresql-client"
      ;;
    *) fail "DATABASE_URL is neither sqlite:///path nor postgresql://user:password@host:5432/name" ;;
  esac
}

# The password goes through the environment: command lines can be read by all.
take_password_out() {
  local rest=$1 place credentials=
  place=${rest##*@}
  [ "$place" = "$rest" ] || credentials=${rest%@*}
  if [[ $credentials == *:* ]]; then
    local coded=${credentials#*:}
    PGPASSWORD=$(printf '%b' "${coded//%/\\x}")
    export PGPASSWORD
    credentials=${credentials%%:*}
  fi
  url=postgresql://${credentials:+$credentials@}$place
  shown=$url
}

check_sqlite() {
  local answer
  answer=$(sqlite3 -readonly "$1" "pragma integrity_check" 2>&1) || fail "$1 is no SQLite database: $answer"
  [ "$answer" = ok ] || fail "$1 is damaged: $answer"
  [ "$(sqlite3 -readonly "$1" "select count(*) from sqlite_master where name in ('mo_batch', 'mo_histories')")" = 2 ] ||
    fail "$1 is no database of Millrace: mo_batch or mo_histories is missing"
}

check_dump() {
  local list
  list=$(pg_restore --list "$1" 2>&1) || fail "$1 is no backup made by pg_dump: $list"
  for table in mo_batch mo_histories; do
    grep -q "TABLE DATA [^ ]* $table " <<<"$list" || fail "$1 is no backup of Millrace: $table is missing"
  done
}

# What the backup or database holds, for people.
contents_of_sqlite() {
  sqlite3 -readonly "$1" "select (select count(*) from mo_batch) || ' batches in the queue, '
    || (select count(*) from mo_histories) || ' in the history'"
}
