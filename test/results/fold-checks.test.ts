/** Folding the checks of several blocks: what counts is never hidden by what does not. */
import { expect, test } from "vitest";
import type { ConformanceRow } from "../../results/clause-result.ts";
import { foldChecks } from "../../results/fold-checks.ts";
import type { Check, RunFile } from "../../results/record.ts";

const ID = "conformance/clauses/mine/netns/node";
const run = { plan: { checks: [{ id: ID, plugin: "mine" }] } } as unknown as RunFile;

function fold(...rows: readonly Partial<ConformanceRow>[]): readonly ConformanceRow[] {
  const value = { clause: "add.ok", specVersion: "1.0.0", level: "MUST", message: "why" };
  return foldChecks(
    run,
    rows.map((row) => ({ cell: ID, value: { ...value, ...row } }) as unknown as Check),
  );
}

test("a failure that the plugin is responsible for counts, also after one of the Go skeleton", () => {
  const [row] = fold({ status: "fail", goSkeleton: true }, { status: "fail" });
  expect(row).toMatchObject({ plugin: "mine", status: "fail" });
  expect(row).not.toHaveProperty("goSkeleton");
});

test("an applicable skip counts, also after an inapplicable one", () => {
  expect(fold({ status: "skip", notApplicable: true }, { status: "skip" })[0]).not.toHaveProperty("notApplicable");
});

test("the worst status counts, with the number of checks that have it", () => {
  expect(fold({ status: "pass" }, { status: "fail" }, { status: "skip" })).toMatchObject([
    { status: "fail", message: "why (in 1 of 3 checks)" },
  ]);
});
