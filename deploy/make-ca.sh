#!/bin/sh
# A private CA and what it signs, for a plant without a PKI of its own:
#
#   make-ca.sh FOLDER [NAME_OR_ADDRESS...]
#
#   ca.crt, ca.key                    the CA; move ca.key to a safe place afterwards
#   mosquitto.*, admin-gateway.*, postgres.*   .crt and .key of the servers, for
#                                     their own names, localhost and all NAMEs
#   client-USER.crt, client-USER.key  for each user of mosquitto/acl
#
# Run again it makes anew only what ends within 30 days (RENEW_DAYS), is not
# signed by this CA, or lacks one of the NAMEs. To make one anew, delete its
# .crt. CA_DAYS (7300) and DAYS (397) are how long they are valid.
set -eu

if [ $# -lt 1 ]; then
  echo "usage: make-ca.sh FOLDER [NAME_OR_ADDRESS...]" >&2
  exit 2
fi
folder=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
command -v openssl >/dev/null || {
  echo "make-ca.sh: openssl is missing (Debian package openssl)" >&2
  exit 1
}
umask 077
mkdir -p "$folder"
cd "$folder"
work=$(mktemp -d ./.make-ca.XXXXXX)
trap 'rm -rf "$work"' EXIT

is_address() {
  case $1 in *:*) return 0 ;; *[!0-9.]* | '') return 1 ;; *) return 0 ;; esac
}

# A name that openssl would take for more than a name.
for each in "$@"; do
  case $each in
  '' | -* | *[!A-Za-z0-9.:*-]*)
    echo "make-ca.sh: \"$each\" is neither a host name nor an address" >&2
    exit 2
    ;;
  esac
done

make_ca() {
  if [ -s ca.crt ]; then
    return
  fi
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key
  openssl req -x509 -new -key ca.key -sha256 -days "${CA_DAYS:-7300}" -out ca.crt \
    -subj "/O=Millrace/CN=Millrace private CA $(date -u +%Y-%m-%d)" \
    -addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
    -addext "keyUsage=critical,keyCertSign,cRLSign"
  echo "made ca.crt"
}

covers() { # covers CERTIFICATE NAME
  if is_address "$2"; then
    openssl x509 -in "$1" -noout -checkip "$2"
  else
    openssl x509 -in "$1" -noout -checkhost "$2"
  fi | grep -q 'does match'
}

still_good() { # still_good FILE NAME...
  file=$1
  shift
  [ -s "$file.crt" ] && [ -s "$file.key" ] || return 1
  openssl verify -CAfile ca.crt "$file.crt" >/dev/null 2>&1 || return 1
  openssl x509 -in "$file.crt" -noout -checkend $((${RENEW_DAYS:-30} * 86400)) >/dev/null || return 1
  for name in "$@"; do
    covers "$file.crt" "$name" || return 1
  done
}

sign() { # sign FILE COMMON_NAME USAGE [NAME...]
  file=$1 common=$2 usage=$3
  shift 3
  [ -s ca.key ] || {
    echo "make-ca.sh: $file.crt has to be made, and ca.key is not in $folder" >&2
    exit 1
  }
  names=
  for name in "$@"; do
    if is_address "$name"; then names="$names,IP:$name"; else names="$names,DNS:$name"; fi
  done
  {
    echo "basicConstraints=critical,CA:FALSE"
    echo "keyUsage=critical,digitalSignature"
    echo "extendedKeyUsage=$usage"
    [ -z "$names" ] || echo "subjectAltName=${names#,}"
  } >"$work/extensions"
  openssl ecparam -name prime256v1 -genkey -noout -out "$work/key"
  openssl req -new -key "$work/key" -subj "/O=Millrace/CN=$common" -out "$work/request"
  openssl x509 -req -in "$work/request" -CA ca.crt -CAkey ca.key -sha256 -days "${DAYS:-397}" \
    -set_serial "0x$(openssl rand -hex 16)" -extfile "$work/extensions" -out "$work/crt" 2>/dev/null
  mv "$work/key" "$file.key"
  mv "$work/crt" "$file.crt"
  echo "made $file.crt, valid until $(openssl x509 -in "$file.crt" -noout -enddate | cut -d= -f2)"
}

make_ca
for server in mosquitto admin-gateway postgres; do
  still_good "$server" "$server" localhost 127.0.0.1 "$@" ||
    sign "$server" "$server" serverAuth "$server" localhost 127.0.0.1 "$@"
done
for user in $(sed -n 's/^user //p' "$here/../mosquitto/acl"); do
  still_good "client-$user" || sign "client-$user" "$user" clientAuth
done
