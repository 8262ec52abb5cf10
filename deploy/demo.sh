#!/usr/bin/env bash
# The whole way of ten orders, on this machine, with simulators for the PLC and
# for Odoo: installs what is missing, builds, runs, compares both ledgers.
# demo.sh --help lists the options.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
case " $* " in
  *" --help "* | *" -h "*) ;;
  *)
    "$here/install-packages.sh" build run >&2
    echo "building (the first time takes some minutes)" >&2
    "$here/build.sh" release -DMILLRACE_TESTS=OFF >&2
    ;;
esac
exec python3 "$here/demo/demo.py" "$@"
