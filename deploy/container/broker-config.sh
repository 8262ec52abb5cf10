#!/bin/sh
# Puts another listener into mosquitto.conf and prints the result:
#   broker-config.sh MOSQUITTO_CONF LISTENER_CONF
set -eu
grep -q '^listener 1883 ' "$1"
cat "$2"
sed '/^listener /d' "$1"
