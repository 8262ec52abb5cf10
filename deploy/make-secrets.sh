#!/bin/sh
# Makes the folder that deploy/compose.yaml and kubernetes/create-secrets.sh take
# their secrets from. What is there stays; see make-ca.sh for certificates.
#
#   make-secrets.sh FOLDER [NAME_OR_ADDRESS...]
#
# The names and addresses are those under which browsers and subscribers reach
# this machine. ODOO_PASSWORD is not made but has to be written into FOLDER.
# As root, the files are given to the group of the containers (10001).
set -eu

if [ $# -lt 1 ]; then
  echo "usage: make-secrets.sh FOLDER [NAME_OR_ADDRESS...]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
umask 077
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift

"$here/make-ca.sh" "$folder" "$@"
"$here/../mosquitto/make-passwords.sh" "$folder" "${TOPIC_ROOT:-millrace/v1}"

random() { # random FILE
  [ -s "$folder/$1" ] || od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$folder/$1"
}
random postgres.password
random grafana.password
if [ ! -s "$folder/database.url" ]; then
  printf 'postgresql://millrace:%s@postgres:5432/plc?sslmode=verify-full&sslrootcert=/run/secrets/ca.crt' \
    "$(cat "$folder/postgres.password")" >"$folder/database.url"
fi
[ -s "$folder/odoo.password" ] || echo "now write Odoo's password into odoo.password of that folder"

# All but the CA's key, which no container gets.
if [ "$(id -u)" = 0 ]; then
  for file in "$folder"/*; do
    [ "$file" = "$folder/ca.key" ] || { chown "0:10001" "$file" && chmod 0440 "$file"; }
  done
  chown 0:10001 "$folder"
  chmod 0750 "$folder"
fi
