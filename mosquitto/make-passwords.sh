#!/bin/sh
# Makes what mosquitto.conf names in a folder: a random password for each user
# of the acl (FOLDER/<user>.password, for MQTT_PASSWORD_FILE), mosquitto's hashed
# FOLDER/passwords, and FOLDER/acl for the topic root. Passwords that are there
# already stay. --without-broker: the FOLDER/<user>.password only, which takes no
# mosquitto.
#
#   make-passwords.sh [--without-broker] FOLDER [TOPIC_ROOT]
set -eu

for_broker=yes
if [ "${1:-}" = --without-broker ]; then
  for_broker=
  shift
fi
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: make-passwords.sh [--without-broker] FOLDER [TOPIC_ROOT]" >&2
  exit 2
fi
folder=$1
root=${2:-millrace/v1}
here=$(cd "$(dirname "$0")" && pwd)

case $root in
*[!A-Za-z0-9_./-]* | /* | */ | '')
  echo "make-passwords.sh: TOPIC_ROOT \"$root\": letters, digits, _ . - and single / between them" >&2
  exit 2
  ;;
esac
[ -z "$for_broker" ] || command -v mosquitto_passwd >/dev/null || {
  echo "make-passwords.sh: mosquitto_passwd is missing (Debian package mosquitto)" >&2
  exit 1
}

umask 077
mkdir -p "$folder"
plain=$(mktemp "$folder/passwords.XXXXXX")
trap 'rm -f "$plain"' EXIT
for user in $(sed -n 's/^user //p' "$here/acl"); do
  file=$folder/$user.password
  if [ ! -s "$file" ]; then
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$file"
  fi
  printf '%s:%s\n' "$user" "$(cat "$file")" >>"$plain"
done
[ -n "$for_broker" ] || exit 0
# Hashes in place; so no password is ever an argument that ps shows.
mosquitto_passwd -U "$plain"
mv "$plain" "$folder/passwords"
sed "s#millrace/v1#$root#g" "$here/acl" >"$folder/acl"
