#!/usr/bin/env bash
# Runs every fuzz target for a share of SECONDS (FUZZ_JOBS at a time, default 2), then
# prints what each did. Crashing inputs are left in FUZZ_FOLDER (default: a temporary one,
# kept only when there are any). New inputs go to FUZZ_FOLDER, not to corpus/.
# FUZZ_SEED makes the order of inputs the same each time.
# Usage: run.sh SECONDS [target...]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=${FUZZ_BIN:-$here/../../build/asan/bin}
seconds=${1:?"usage: run.sh SECONDS [target...]"}
shift
jobs=${FUZZ_JOBS:-2}
folder=${FUZZ_FOLDER:-$(mktemp -d)}

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for program in "$bin"/fuzz-*; do targets+=("$(basename "$program" | cut -c6-)"); done
fi
each=$((seconds * jobs / ${#targets[@]}))
[ "$each" -ge 1 ] || each=1

# Leaks and undefined behaviour are crashes like any other.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0:detect_odr_violation=1
export UBSAN_OPTIONS=print_stacktrace=1

fuzz() {
  local name=$1 new="$folder/$1"
  mkdir -p "$new/found" "$new/crashes"
  local words=() seeds=()
  [ ! -f "$here/$name.dict" ] || words=(-dict="$here/$name.dict")
  [ ! -d "$here/corpus/$name" ] || seeds=("$here/corpus/$name")
  "$bin/fuzz-$name" -max_total_time="$each" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 \
    -max_len=65536 -print_final_stats=1 -seed="${FUZZ_SEED:-0}" "${words[@]}" -artifact_prefix="$new/crashes/" \
    "$new/found" "${seeds[@]}" >"$new/log" 2>&1 || touch "$new/failed"
}
export -f fuzz
export here bin each folder
printf '%s\n' "${targets[@]}" | xargs -P "$jobs" -I{} bash -c 'fuzz {}'

# "cov: 812 ft: 2031" of the last progress line.
progress() {
  grep -oE "$2: [0-9]+" "$folder/$1/log" | tail -n 1 | grep -oE '[0-9]+' || echo 0
}
printf '%-16s %12s %8s %8s %8s\n' target executions cov ft crashes
bad=0
for name in "${targets[@]}"; do
  runs=$(grep -oE 'stat::number_of_executed_units: +[0-9]+' "$folder/$name/log" | grep -oE '[0-9]+$' || echo 0)
  crashes=$(find "$folder/$name/crashes" -type f | wc -l)
  [ ! -e "$folder/$name/failed" ] || [ "$crashes" -gt 0 ] || crashes=1
  printf '%-16s %12s %8s %8s %8s\n' "$name" "$runs" "$(progress "$name" cov)" "$(progress "$name" ft)" "$crashes"
  if [ "$crashes" -gt 0 ]; then
    bad=$((bad + 1))
    grep -vE '^#[0-9]+' "$folder/$name/log" | tail -n 60 | sed 's/^/    /'
  fi
done
echo "fuzzing: $((${#targets[@]} - bad)) passed, $bad failed"
if [ "$bad" -gt 0 ]; then
  echo "inputs that crashed: $folder/*/crashes"
  exit 1
fi
[ -n "${FUZZ_FOLDER:-}" ] || rm -rf "$folder"
