#!/usr/bin/env bash
# All checks, the cheap ones first. Ends with one line: N passed, N failed, N skipped.
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

# The parts one after the other: what is measured end to end must not share the machine with the other tests.
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for project in unit e2e vm kubernetes; do
    echo "== $project tests"
    enter=()
    # Where there is no Docker: a folder with the programs `up`, `enter COMMAND` and `down` may bring one with kind.
    if [ "$project" = kubernetes ] && [ -n "${CNIBENCH_TEST_LAB:-}" ] && "$CNIBENCH_TEST_LAB/up"; then
        enter=("$CNIBENCH_TEST_LAB/enter")
        # Inside there is no network to fetch modules from; without the programs the tests of flannel are skipped.
        export CNIBENCH_TEST_FLANNEL="$results/flannel"
        mkdir "$CNIBENCH_TEST_FLANNEL" && test/kubernetes/flannel.sh "$CNIBENCH_TEST_FLANNEL"
        trap 'rm -rf "$results"; "$CNIBENCH_TEST_LAB/down"' EXIT
    fi
    "${enter[@]}" npx vitest run --project "$project" --reporter=verbose --reporter=json --outputFile.json="$results/$project.json"
    counts=$(node test/count.js "$results/$project.json" $?) || counts="0 1 0"
    read -r p f s <<<"$counts"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((${skipped:-0} + s))
done
# Now, or what it says would come after the last line.
if [ "${#enter[@]}" -gt 0 ]; then
    "$CNIBENCH_TEST_LAB/down"
    trap 'rm -rf "$results"' EXIT
fi

echo
echo "$passed passed, $failed failed, ${skipped:-0} skipped"
[ "$failed" -eq 0 ]
