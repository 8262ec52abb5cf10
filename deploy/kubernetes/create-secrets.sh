#!/bin/sh
# Makes the Secrets that the manifests name, from a folder of make-secrets.sh:
#
#   create-secrets.sh FOLDER NAMESPACE
#
# Run it again after passwords or certificates were changed there, then
# kubectl rollout restart what uses them. DRY_RUN=1 prints the manifests only.
set -eu

if [ $# != 2 ]; then
  echo "usage: create-secrets.sh FOLDER NAMESPACE" >&2
  exit 2
fi
folder=$1 namespace=$2

secret() { # secret NAME KEY=FILE...
  name=$1
  shift
  from=
  for each in "$@"; do
    [ -r "$folder/${each#*=}" ] || {
      echo "create-secrets.sh: $folder/${each#*=} is missing" >&2
      exit 1
    }
    from="$from --from-file=${each%%=*}=$folder/${each#*=}"
  done
  # shellcheck disable=SC2086
  kubectl create secret generic "$name" --namespace "$namespace" --dry-run=client -o yaml $from
  echo ---
}

all() {
  secret millrace-ca ca.crt=ca.crt
  secret mosquitto passwords=passwords acl=acl ca.crt=ca.crt mosquitto.crt=mosquitto.crt mosquitto.key=mosquitto.key
  for service in scheduler odoo-gateway plc-gateway batch-store admin-gateway notifier; do
    secret "mqtt-$service" "password=$service.password"
  done
  secret admin-gateway-tls tls.crt=admin-gateway.crt tls.key=admin-gateway.key
  secret odoo password=odoo.password
  secret database url=database.url
}

if [ -n "${DRY_RUN:-}" ]; then
  all
else
  all | kubectl apply -f -
fi
