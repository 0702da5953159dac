/** The facts of the clauses, as the code derives them: where each clause is tested, and when it is skipped. */
import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../../cni/conf.ts";
import { SPEC_VERSIONS } from "../../../cni/spec-versions.ts";
import { applies, isGoSkeletonFailure, levelAt, type Clause } from "../../../conformance/clauses/clause.ts";
import { CLAUSES } from "../../../conformance/clauses/index.ts";
import { skipUntestable } from "../../../conformance/session/skipped-clauses.ts";
import { createTasks } from "../../../conformance/session/tasks.ts";
import { PLUGIN_KINDS, type PluginUnderTest } from "../../../conformance/under-test/plugin-under-test.ts";
import { groupBy } from "../../../core/group.ts";
import { NIGHTLY_DEVIATIONS } from "../reference-deviations.ts";
import { guessProfile } from "../../../conformance/under-test/profile.ts";
import { defaultVariants } from "../../../conformance/under-test/variants.ts";

const LIST = parseNetworkConfig(
  JSON.stringify({
    cniVersion: "1.0.0",
    name: "n",
    plugins: [{ type: "bridge" }, { type: "portmap", capabilities: { portMappings: true } }],
  }),
  "test",
);

/** The clauses that are tested on an entire chain, in any version and for any kind of plugin. */
function chainClauses(): ReadonlySet<Clause> {
  const profile = guessProfile(LIST);
  const underTest = { ...profile, kinds: PLUGIN_KINDS, list: LIST } as unknown as PluginUnderTest;
  const tasks = SPEC_VERSIONS.flatMap((version) =>
    createTasks(underTest, version, new Map(), { profile, entireChain: true }),
  );
  return new Set(tasks.map(({ clause }) => clause));
}

test("where each clause is tested, and when it is skipped", async () => {
  const chain = chainClauses();
  const [masquerade] = defaultVariants(LIST, 0, ["interface"]);
  const [capabilities] = defaultVariants(LIST, 1, ["chained"]);
  const profile = { ...guessProfile(LIST), excluded: [] };
  const lines = CLAUSES.map((clause) => {
    const facts = [
      ["core", clause.core === true],
      ["entire chain", chain.has(clause)],
      ["without ADD", skipUntestable(clause, profile, "no ADD") === null],
      ["several containers", skipUntestable(clause, { ...profile, exclusive: true }, null) !== null],
      ["masquerade", masquerade?.covers(clause)],
      ["capabilities", capabilities?.covers(clause)],
      ["Go skeleton", clause.goSkeleton !== undefined],
      ["once", clause.dependsOnVersion === false],
    ] as const;
    return `${clause.id}: ${facts.flatMap(([name, holds]) => (holds === true ? [name] : [])).join(", ")}`.trim();
  });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("clause-facts.txt");
});

const CLAUSE: Clause = { id: "a.b", level: "MUST", section: "-", sentence: "S.", test: () => Promise.resolve() };

test("a clause applies from its first to its last version, to plugins of its kinds", () => {
  const clause: Clause = { ...CLAUSE, since: "0.4.0", until: "1.0.0", kinds: ["interface", "ipam"] };
  expect(SPEC_VERSIONS.filter((version) => applies(clause, version, ["ipam"]))).toEqual(["0.4.0", "1.0.0"]);
  expect(applies(clause, "1.0.0", ["chained"])).toBe(false);
  expect(applies(CLAUSE, "0.1.0", [])).toBe(true);
});

/** Clauses that a reference plugin violates in some of the versions that have them, and satisfies in others. */
function violatedInSomeVersions(): readonly string[] {
  const byPlugin = groupBy(NIGHTLY_DEVIATIONS, ({ plugin }) => plugin);
  return [...byPlugin.values()].flatMap((versions) =>
    CLAUSES.filter((clause) => {
      const having = versions.filter(({ version }) => applies(clause, version, PLUGIN_KINDS));
      const violated = having.filter(({ breaks }) => breaks.includes(clause.id));
      return violated.length > 0 && violated.length < having.length;
    }).map(({ id }) => id),
  );
}

test("a clause that a plugin violates in some versions only depends on the version", () => {
  const varying = violatedInSomeVersions();
  expect(varying).toContain("cap.none"); // bandwidth has no CHECK before 0.4.0 that could fail
  const independent = CLAUSES.filter(({ dependsOnVersion = true }) => !dependsOnVersion).map(({ id }) => id);
  expect(independent.filter((id) => varying.includes(id))).toEqual([]);
});

test("a clause that judges all executions of a version depends on the version", () => {
  const judging = CLAUSES.filter(({ judgesAll = false }) => judgesAll);
  expect(judging.length).toBeGreaterThan(0);
  expect(judging.filter(({ dependsOnVersion = true }) => !dependsOnVersion)).toEqual([]);
});

test("a clause can have another level in earlier versions", () => {
  const clause: Clause = { ...CLAUSE, earlier: { before: "1.0.0", level: "SHOULD" } };
  expect([levelAt(clause, "0.4.0"), levelAt(clause, "1.0.0"), levelAt(CLAUSE, "0.4.0")]).toEqual([
    "SHOULD",
    "MUST",
    "MUST",
  ]);
});

test("the Go skeleton library causes a failure always, or with certain observations and versions", () => {
  const certain: Clause = { ...CLAUSE, goSkeleton: { got: /^[4-7]$/, before: "1.0.0" } };
  expect(isGoSkeletonFailure(CLAUSE, "0.4.0", "4")).toBe(false);
  expect(isGoSkeletonFailure({ ...CLAUSE, goSkeleton: "always" }, "1.1.0", "anything")).toBe(true);
  expect(isGoSkeletonFailure({ ...CLAUSE, goSkeleton: { got: /x/ } }, "1.1.0", "x")).toBe(true);
  expect(isGoSkeletonFailure(certain, "0.4.0", "4")).toBe(true);
  expect(isGoSkeletonFailure(certain, "0.4.0", "8")).toBe(false);
  expect(isGoSkeletonFailure(certain, "1.0.0", "4")).toBe(false);
});

test("ids are unique and well formed, sentences are complete", () => {
  expect(new Set(CLAUSES.map(({ id }) => id)).size).toBe(CLAUSES.length);
  for (const { id, sentence } of CLAUSES) {
    expect(id).toMatch(/^[a-z]+(\.[a-z0-9-]+)+$/);
    expect(sentence).toMatch(/^[A-Za-z].*\.$/);
    expect(sentence).not.toContain("|");
  }
});
