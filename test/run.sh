#!/usr/bin/env bash
# Runs all checks, the fastest ones first. The last line is: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

passed=0
failed=0
step() {
    echo "== $1"
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

step "build" npm run --silent build
step "types" npm run --silent types
step "lint" npm run --silent lint

# Runs the projects one after the other, because end-to-end measurements must not share the machine with other tests.
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for project in unit lab e2e vm kubernetes; do
    echo "== $project tests"
    enter=()
    # On machines without Docker, CNIBENCH_TEST_LAB may name a directory with the scripts `up`, `enter COMMAND` and
    # `down`, which provide an environment with Docker and kind.
    if [ "$project" = kubernetes ] && [ -n "${CNIBENCH_TEST_LAB:-}" ] && "$CNIBENCH_TEST_LAB/up"; then
        enter=("$CNIBENCH_TEST_LAB/enter")
        # The lab has no network to download Go modules. Without the binaries, the flannel tests are skipped.
        export CNIBENCH_TEST_FLANNEL="$results/flannel"
        mkdir "$CNIBENCH_TEST_FLANNEL" && test/e2e/kubernetes/flannel.sh "$CNIBENCH_TEST_FLANNEL"
        trap 'rm -rf "$results"; "$CNIBENCH_TEST_LAB/down"' EXIT
    fi
    "${enter[@]}" npx vitest run --project "$project" --reporter=verbose --reporter=json \
        --outputFile.json="$results/$project.json"
    counts=$(node test/count.js "$results/$project.json" $?) || counts="0 1 0"
    read -r p f s <<<"$counts"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((${skipped:-0} + s))
done
# Stops the lab now, so that its output does not follow the last line.
if [ "${#enter[@]}" -gt 0 ]; then
    "$CNIBENCH_TEST_LAB/down"
    trap 'rm -rf "$results"' EXIT
fi

echo
echo "$passed passed, $failed failed, ${skipped:-0} skipped"
[ "$failed" -eq 0 ]
