#!/usr/bin/env bash
# All tests. On a bare Debian 12 it installs what is missing first.
# Usage: run.sh [--quick]   (--quick leaves out the sanitizer build)
set -uo pipefail
cd "$(dirname "$0")/.."
quick=${1:-}

passed=0
failed=0
failures=()
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# Runs a step and counts it as one test, unless its output says how many it ran.
step() {
  local name=$1
  shift
  local log="$logs/step.log" begin=$SECONDS
  if "$@" >"$log" 2>&1; then local ok=1; else local ok=0; fi
  local counted
  counted=$(count "$log")
  passed=$((passed + ${counted% *}))
  failed=$((failed + ${counted#* }))
  if [ "$counted" = "0 0" ]; then
    if [ $ok = 1 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  elif [ $ok = 0 ] && [ "${counted#* }" = 0 ]; then
    failed=$((failed + 1)) # ended badly after its last test
  fi
  if [ $ok = 1 ]; then
    printf 'ok    %-44s %4ss\n' "$name" $((SECONDS - begin))
  else
    printf 'FAIL  %-44s %4ss\n' "$name" $((SECONDS - begin))
    failures+=("$name")
    tail -n 200 "$log" | sed 's/^/      /'
  fi
}

# "PASSED FAILED" of a doctest or unittest log; "0 0" when it is neither.
count() {
  awk '
    /\[doctest\] test cases:/ { gsub(/[|]/, " ");
      for (i = 1; i <= NF; i++) { if ($i == "passed") p += $(i-1); if ($i == "failed") f += $(i-1) } }
    /^Ran [0-9]+ tests? in/ { ran += $2 }
    /^FAILED \(/ { while (match($0, /(failures|errors)=[0-9]+/)) {
      split(substr($0, RSTART, RLENGTH), part, "="); bad += part[2]; $0 = substr($0, RSTART + RLENGTH) } }
    END { print p + ran - bad, f + bad }' "$1"
}

format_is_clean() {
  find common services tests -name '*.cpp' -o -name '*.hpp' | xargs clang-format-14 --dry-run -Werror
}

scripts_are_sound() {
  find . -path ./build -prune -o -name '*.sh' -print | xargs -n1 bash -n \
    && find deploy tests -name '*.py' -exec python3 -c 'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]' {} +
}

programs() { # programs PRESET PATTERN
  find "build/$1/bin" -maxdepth 1 -type f -perm -u+x -name "$2" | sort
}

if ! deploy/install-packages.sh build run test; then
  echo "0 passed, 1 failed"
  exit 1
fi
export PYTHONDONTWRITEBYTECODE=1

step "format (clang-format)" format_is_clean
step "scripts parse" scripts_are_sound
step "build release" deploy/build.sh release -DMILLRACE_TESTS=ON
for program in $(programs release 'unit-*') $(programs release proto-check); do
  step "$(basename "$program")" "$program"
done
for program in $(programs release 'integration-*'); do
  step "$(basename "$program")" "$program"
done
step "simulation finds a broken rule" build/release/bin/simulation --self-check
step "simulation, a million runs" build/release/bin/simulation
for file in tests/e2e/test_*.py; do
  step "$(basename "$file" .py) (end to end)" python3 "$file"
done
# Debian's Python: it has the MQTT client.
step "chaos: can the checker fail?" /usr/bin/python3 tests/chaos/test_invariants.py
step "chaos: fixed seeds" /usr/bin/python3 tests/chaos/soak --fixed --jobs 3
if [ "$quick" != --quick ]; then
  step "build asan" env TARGET=unit-tests deploy/build.sh asan -DMILLRACE_TESTS=ON
  for program in $(programs asan 'unit-*'); do
    step "$(basename "$program") (asan, ubsan)" "$program"
  done
fi

[ ${#failures[@]} -eq 0 ] || printf 'failed: %s\n' "${failures[@]}"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
