#!/usr/bin/env bash
# Runs all checks, the fastest ones first. The last line is: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

results=$(mktemp -d)
trap finish EXIT

passed=0 failed=0 skipped=0

# Runs a command as one check.
step() {
    echo "== $1"
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "check: ${*}" >>"$results/failures"
    fi
}

# Runs the tests of a project of vitest. Further arguments: a command that runs them in its environment.
project() {
    local name=$1 counts p f s
    shift
    echo "== $name tests"
    "$@" npx vitest run --project "$name" --reporter=verbose --reporter=json --outputFile.json="$results/$name.json"
    counts=$(node test/count.js "$results/$name.json" $? "$results/failures") || counts="0 1 0"
    read -r p f s <<<"$counts"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# Builds the image of VM nodes, and the environment of the Kubernetes tests on machines without Docker:
# CNIBENCH_TEST_LAB may name a directory with the scripts `up`, `enter COMMAND` and `down`, which provide Docker and
# kind. That environment has no network to download Go modules. Without the binaries, the flannel tests are skipped.
prepare() {
    node dist/cli/main.js setup --yes --cluster vm
    [ -n "${CNIBENCH_TEST_LAB:-}" ] || return 0
    mkdir "$results/flannel" && test/e2e/kubernetes/flannel.sh "$results/flannel"
    "$CNIBENCH_TEST_LAB/up" && touch "$results/lab-is-up"
}

finish() {
    [ ! -e "$results/lab-is-up" ] || "$CNIBENCH_TEST_LAB/down"
    rm -rf "$results"
}

# Prints the output of a background command when it has ended. Returns its status.
finished() {
    local status
    wait "$1"
    status=$?
    cat "$2"
    return "$status"
}

step "build" npm run --silent build
# Prepares while tests run that do not measure.
prepare >"$results/prepare.log" 2>&1 &
# Linting and type checking use little more than one core.
npm run --silent lint >"$results/lint.log" 2>&1 &
lint=$!
step "types" npm run --silent types
step "error rates of verdicts" node dist/bench/statistics/main.js --cut
step "error rates of comparisons" node dist/bench/statistics/main.js --compare --cut
step "lint" finished "$lint" "$results/lint.log"
project unit
project lab
wait
echo "== preparation" && cat "$results/prepare.log"

# Measurements must not share the machine, so these run one after the other.
project e2e
project vm
if [ -e "$results/lab-is-up" ]; then
    export CNIBENCH_TEST_FLANNEL="$results/flannel"
    project kubernetes "$CNIBENCH_TEST_LAB/enter"
else
    project kubernetes
fi

# Repeats the failures, which may be far above in the output.
[ ! -s "$results/failures" ] || { echo "== failed" && cat "$results/failures"; }

# Ends the environment now, so that its output does not follow the last line.
finish
trap - EXIT
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
