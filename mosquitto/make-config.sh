#!/bin/sh
# Makes a folder that mosquitto can be started with as the user who calls this:
#
#   make-config.sh FOLDER PORT [ADDRESS] [TOPIC_ROOT]
#   mosquitto -c FOLDER/mosquitto.conf
set -eu

if [ $# -lt 2 ] || [ $# -gt 4 ]; then
  echo "usage: make-config.sh FOLDER PORT [ADDRESS] [TOPIC_ROOT]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/data"
folder=$(cd "$1" && pwd)
"$here/make-passwords.sh" "$folder" "${4:-millrace/v1}"

sed -e "s#^listener .*#listener $2 ${3:-127.0.0.1}#" \
  -e "s#/mosquitto/secrets/#$folder/#" \
  -e "s#/mosquitto/data/#$folder/data/#" \
  "$here/mosquitto.conf" >"$folder/mosquitto.conf"
# As root mosquitto would become a user that may not read this folder.
if [ "$(id -u)" = 0 ]; then
  echo "user root" >>"$folder/mosquitto.conf"
fi
