#!/bin/bash
# Health of the program in this container, without any tool but bash.
#   healthcheck PORT PATH   GET http://127.0.0.1:PORT/PATH answers 200
#   healthcheck PORT        somebody listens on PORT
set -u
port=$1

if [ $# = 1 ]; then
  # Only looked up: a connection without TLS would leave an error in the log.
  while read -r _ address _ state _; do
    [ "$state" = 0A ] && [ "${address##*:}" = "$(printf %04X "$port")" ] && exit 0
  done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  echo "nobody listens on port $port"
  exit 1
fi

exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
read -r _ status _ <&3
[ "$status" = 200 ] && exit 0
echo "status ${status:-none}: $(tr -d '\r' <&3 | sed '1,/^$/d')"
exit 1
