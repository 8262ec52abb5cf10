#!/usr/bin/env bash
# All tests. On a bare Debian 12 it installs what is missing first.
# Usage: run.sh [--quick]   (--quick leaves out the sanitizer build)
set -uo pipefail
cd "$(dirname "$0")/.."
quick=${1:-}

passed=0
failed=0
failures=()
waited=()
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# Runs a step and tells of it.
step() {
  local name=$1
  shift
  run_logged "$logs/step" "$@"
  tell "$name" "$logs/step"
}

run_logged() { # run_logged LOG COMMAND...: leaves its output, success and seconds
  local log=$1 begin=$SECONDS ok=0
  shift
  if "$@" >"$log" 2>&1; then ok=1; fi
  echo "$ok $((SECONDS - begin))" >"$log.end"
}

beside() { # beside MOST LOG COMMAND...: in the background, MOST of them at once
  local most=$1
  shift
  while [ "$(jobs -rp | grep -cvx "${sanitizers:-none}")" -ge "$most" ]; do wait -n; done
  run_logged "$@" &
  waited+=($!)
}

# Counts it as one test, unless its output says how many it ran.
tell() { # tell NAME LOG
  local name=$1 log=$2 ok seconds counted
  read -r ok seconds <"$log.end"
  counted=$(count "$log")
  passed=$((passed + ${counted% *}))
  failed=$((failed + ${counted#* }))
  if [ "$counted" = "0 0" ]; then
    if [ $ok = 1 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  elif [ $ok = 0 ] && [ "${counted#* }" = 0 ]; then
    failed=$((failed + 1)) # ended badly after its last test
  fi
  if [ $ok = 1 ]; then
    printf 'ok    %-44s %4ss\n' "$name" "$seconds"
  else
    printf 'FAIL  %-44s %4ss\n' "$name" "$seconds"
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
    /^fuzzing: [0-9]+ passed/ { p += $2; f += $4 }
    /^FAILED \(/ { while (match($0, /(failures|errors)=[0-9]+/)) {
      split(substr($0, RSTART, RLENGTH), part, "="); bad += part[2]; $0 = substr($0, RSTART + RLENGTH) } }
    END { print p + ran - bad, f + bad }' "$1"
}

leisurely() { # leisurely COMMAND...: only with time that nobody else wants; sessions share by their own weight
  setsid --wait sh -c 'echo 19 2>/dev/null >/proc/self/autogroup; exec nice -n 19 "$@"' sh "$@"
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
# The unit tests are built once: with the sanitizers, or without them when those are left out.
if [ "$quick" = --quick ]; then
  step "build release" deploy/build.sh release -DMILLRACE_TESTS=ON -DMILLRACE_UNIT_TESTS=ON
  for program in $(programs release 'unit-*'); do
    step "$(basename "$program")" "$program"
  done
else
  step "build release" deploy/build.sh release -DMILLRACE_TESTS=ON -DMILLRACE_UNIT_TESTS=OFF
fi
# What follows waits most of the time: the compiler takes what it leaves.
if [ "$quick" != --quick ]; then
  run_logged "$logs/sanitizers" leisurely env TARGET=unit-tests deploy/build.sh asan -DMILLRACE_TESTS=ON &
  sanitizers=$!
fi
step "proto-check" build/release/bin/proto-check
for program in $(programs release 'integration-*'); do
  step "$(basename "$program")" "$program"
done
step "deployment files" /usr/bin/python3 -m unittest discover -s tests/deploy
step "simulation finds a broken rule" build/release/bin/simulation --self-check
step "simulation, 200,000 runs" build/release/bin/simulation --runs 200000
# Three at once, the longest first. The Python that Debian installs has the MQTT client.
whole=$(printf '%s\n' tests/e2e/test_frozen.py tests/browser/test_*.py tests/e2e/test_*.py | awk '!seen[$0]++')
for file in $whole; do
  beside 3 "$logs/$(basename "$file" .py)" /usr/bin/python3 "$file"
done
wait "${waited[@]}"
waited=()
for file in $whole; do
  tell "$(basename "$file" .py) (end to end)" "$logs/$(basename "$file" .py)"
done
step "chaos: can the checker fail?" /usr/bin/python3 tests/chaos/test_invariants.py
step "chaos: can the checker of operators' decisions fail?" /usr/bin/python3 tests/chaos/test_orders_given.py
step "chaos: fixed seeds" /usr/bin/python3 tests/chaos/soak --fixed --jobs 3
if [ "$quick" != --quick ]; then
  wait "$sanitizers"
  tell "build sanitizers and fuzz targets" "$logs/sanitizers"
  for program in $(programs asan 'unit-*'); do
    beside 2 "$logs/$(basename "$program")" "$program"
  done
  wait "${waited[@]}"
  for program in $(programs asan 'unit-*'); do
    tell "$(basename "$program") (asan, ubsan)" "$logs/$(basename "$program")"
  done
  step "fuzzing" env FUZZ_SEED=1 tests/fuzz/run.sh 50
fi

[ ${#failures[@]} -eq 0 ] || printf 'failed: %s\n' "${failures[@]}"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
