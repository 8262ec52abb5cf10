#!/usr/bin/env bash
# Configures and builds a preset.
# Usage: [TARGET=all] build.sh PRESET [cmake options...]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
cmake --preset "$preset" "$@" >/dev/null
cmake --build --preset "$preset" --target "${TARGET:-all}"
