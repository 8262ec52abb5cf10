# shellcheck shell=sh
# Which DATABASE_URL batch-store has: sourced by millrace-backup and -restore.

if [ -z "${DATABASE_URL:-}" ]; then
  ENV_FILE=
  for file in /etc/millrace/secrets/batch-store.env /etc/millrace/millrace.env; do
    if [ -z "$ENV_FILE" ] && grep -Eqs '^[[:space:]]*(export[[:space:]]+)?DATABASE_URL[[:space:]]*=' "$file"; then
      ENV_FILE=$file
    fi
  done
  export ENV_FILE
  if [ -z "$ENV_FILE" ]; then
    export DATABASE_URL=sqlite:////var/lib/millrace/store/millrace.db
  fi
fi
