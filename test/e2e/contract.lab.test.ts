/**
 * Compares the public contract with a recorded one: plans, cell ids, JSON keys, clauses, warning codes and exit
 * codes. After an intended change, record it again with `CNIBENCH_RECORD=1 npx vitest run --project lab
 * test/e2e/contract` and explain the difference in CHANGELOG.md.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";
import { WARNINGS } from "../../core/warning-codes.ts";
import { cnibench, temporaryDirOfFile } from "../helpers/cnibench.ts";

const RECORDED = join(import.meta.dirname, "contract.json");
const recorded = JSON.parse(readFileSync(RECORDED, "utf8")) as Record<string, unknown>;

/** Compares one part of the contract, or records it. */
function expectRecorded(part: string, value: unknown): void {
  if (process.env.CNIBENCH_RECORD) {
    recorded[part] = value;
    const sorted = Object.fromEntries(Object.entries(recorded).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(RECORDED, `${JSON.stringify(sorted, null, 1)}\n`);
  }
  expect(value).toEqual(recorded[part]);
}

/** Runs a command that must print JSON. */
async function json(...args: string[]): Promise<unknown> {
  const { stdout, stderr } = await cnibench(args);
  expect(stdout, stderr).toMatch(/^[[{]/);
  return JSON.parse(stdout) as unknown;
}

/** Keys that are data: their children are merged into one entry named `*`. */
const MAPS = new Set([
  "axes",
  "binaries",
  "digests",
  "floors",
  "params",
  "pluginFacts",
  "plugins",
  "sysctls",
  "tools",
  "verdicts",
  "verdictsWithoutGoSkeleton",
  "versions",
]);

/** Every key path of a value, each once: `cells[].id`. */
function keyPaths(value: unknown, at = "", map = false): string[] {
  // A quiet machine gives no warnings, and only a calibrated one has a noise card.
  if (at.endsWith(".warnings") || at.endsWith(".noiseCard")) return [];
  if (Array.isArray(value)) return unique(value.flatMap((item) => keyPaths(item, `${at}[]`)));
  if (typeof value !== "object" || value === null) return [at];
  const paths = Object.entries(value).flatMap(([key, child]) =>
    keyPaths(child, `${at}.${map ? "*" : key}`, MAPS.has(key)),
  );
  return unique([at, ...paths]);
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}

interface Plan {
  readonly order: unknown;
  readonly cells: readonly Readonly<Record<string, unknown>>[];
  readonly checks: readonly { readonly id: string }[];
}

const suites = readdirSync(join(packageRoot(), "suites"))
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.replace(".yaml", ""))
  .sort();

test.each([
  ["netns", "bridge,ptp,simplecni"],
  ["kind", "flannel,calico-ipip,simplecni"],
])("plan on %s", async (cluster, plugins) => {
  const flags = ["--cluster", cluster, "--plugins", plugins, "--seed", "1", "--format", "json"];
  const plan = (await json("plan", ...flags, ...suites.flatMap((suite) => ["--suite", suite]))) as Plan;
  // What the kernel lacks is skipped, and differs from machine to machine.
  const cells = plan.cells.map((cell) => JSON.stringify({ ...cell, skip: undefined }));
  const quick = plan.cells.map(({ id }) => String(id)).filter((id) => id.startsWith("quick/"));
  expectRecorded(`plan ${cluster}`, {
    order: plan.order,
    checks: plan.checks.map(({ id }) => id),
    cells: cells.length,
    sha256: createHash("sha256").update(cells.join("\n")).digest("hex"),
    quick,
  });
});

test("clauses, and their results for bridge", async () => {
  const list = (await json("list", "clauses", "--format", "json")) as { summary?: string }[];
  expectRecorded(
    "clauses",
    list.map((clause) => JSON.stringify({ ...clause, summary: undefined })),
  );
  const found = await json("conformance", "bridge", "--spec", "1.0.0", "--yes", "--format", "json");
  expectRecorded("keys of conformance", keyPaths(found));
  const { conformance } = found as { conformance: { clause: string; level: string; status: string }[] };
  const results = conformance.map(({ clause, level, status }) => `${clause} ${level} ${status}`);
  expectRecorded("conformance of bridge 1.0.0", results);
});

test.each(["plugins", "suites", "clusters", "runners", "clauses"])("keys of list %s", async (what) => {
  expectRecorded(`keys of list ${what}`, keyPaths(await json("list", what, "--format", "json")));
});

test("keys of a stored run and of its reports", async () => {
  const dir = join(temporaryDirOfFile(), "run");
  const suite = join(import.meta.dirname, "contract.suite.yaml");
  const flags = ["--plugins", "bridge", "--blocks", "1", "--seed", "1", "--suite", suite, "--report", "json,csv"];
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--no-progress", "--out", dir, ...flags]);
  expect(exitCode, stderr).toBe(0);
  const read = (name: string): string => readFileSync(join(dir, name), "utf8");
  expectRecorded("keys of run.json", keyPaths(JSON.parse(read("run.json"))));
  const records = read("results.jsonl").trimEnd().split("\n");
  expectRecorded("keys of results.jsonl", unique(records.flatMap((line) => keyPaths(JSON.parse(line)))));
  expectRecorded("keys of report.json", keyPaths(JSON.parse(read("report.json"))));
  expectRecorded("columns of report.csv", read("report.csv").split("\n", 1)[0]);
  expectRecorded("keys of compare", keyPaths(await json("compare", dir, dir, "--format", "json")));
});

test("codes of warnings", () => {
  expectRecorded("codes of warnings", unique(Object.keys(WARNINGS)));
});

test.each([
  ["--help"],
  ["--version"],
  ["rn"],
  ["run --plugins brige"],
  ["run --suite quik"],
  ["run --cluster netn"],
  ["run --blocks 0"],
  ["run --duration 1e99"],
  ["run --nodes 17 --cluster netns"],
  ["run --resume nowhere"],
  ["run --conf nowhere.conflist"],
  ["run --bin-dir nowhere"],
  ["run --out /proc/1/out --yes"],
  ["run --clusters-at-once 2 --yes"],
  ["run --fail-on nonsense"],
  ["run --report pdf"],
  ["plan --only nothing/at/all"],
  ["plan --plugins flannel --cluster netns"],
  ["run --cluster kubeconfig --context nowhere"],
  ["report nowhere"],
  ["verify nowhere"],
  ["compare"],
  ["compare nowhere nowhere"],
  ["compare nowhere nowhere --threshold 5"],
  ["list nothing"],
  ["conformance nowhere"],
  ["conformance ./nowhere"],
  ["conformance bridge --only none.such"],
  ["conformance bridge --spec 1.0.0 --only version.echo --yes"],
  ["conformance bridge --spec 1.0.0 --only version.ok --yes"],
  ["lab host"],
  ["lab nowhere"],
  ["setup --cluster nowhere"],
])("exit code of cnibench %s", async (line) => {
  const { exitCode } = await cnibench(line.split(" "), { timeout: 120 });
  expectRecorded(`exit code of cnibench ${line}`, exitCode);
});
