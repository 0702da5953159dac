import { expect, it } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import type { Environment } from "../../../results/environment-facts.ts";
import { requireComparable } from "../../../results/run-comparison/differing-facts.ts";
import { foldRun } from "../../../results/run-comparison/folded-run.ts";
import type { FoldedSides } from "../../../results/run-comparison/match-cells.ts";
import { comparedRun, type RunOptions } from "../../helpers/compared-run.ts";

function sides(head: Partial<RunOptions>, more: Partial<FoldedSides> = {}): FoldedSides {
  const [base, changed] = [comparedRun({ id: "a" }), comparedRun({ id: "b", ...head })];
  return { base: [foldRun(base)], head: [foldRun(changed)], renamed: new Map(), ...more };
}

function cluster(differences: Partial<Environment["cluster"]>): Partial<RunOptions> {
  return { environment: (environment) => ({ cluster: { ...environment.cluster, ...differences } }) };
}

function plugins(differences: Partial<Environment["plugins"][number]>): Partial<RunOptions> {
  return {
    environment: (environment) => ({ plugins: environment.plugins.map((one) => ({ ...one, ...differences })) }),
  };
}

it.each<[string, Partial<RunOptions>, RegExp]>([
  ["cluster kinds", cluster({ kind: "vm" }), /cluster kind is netns in base and vm in head/],
  ["MTUs of the underlay", cluster({ underlayMtu: 9000 }), /cluster underlayMtu is 1500 in base and 9000 in head/],
  ["rate limits", cluster({ underlayRate: 1e9 }), /underlayRate is none in base and 1000000000 bit\/s in head/],
  ["delays", cluster({ underlayDelay: 0.001 }), /underlayDelay/],
  ["losses", cluster({ underlayLoss: 0.01 }), /underlayLoss/],
  ["emulated nodes", cluster({ emulated: true }), /run b has emulated nodes/],
  ["encapsulations", plugins({ encapsulation: "vxlan" }), /encapsulation of p is none in base and vxlan in head/],
])("refuses different %s", (_, head, message) => {
  expect(() => requireComparable(sides(head))).toThrow(EnvironmentError);
  expect(() => requireComparable(sides(head))).toThrow(message);
});

it("refuses another measured MTU of the pods", () => {
  const mtu = (bytes: number): Partial<RunOptions> => ({
    questions: [{ scenario: "tcp-1", runner: "iperf3", metric: "mtu", paths: ["host", "cross-node"] }],
    measure: (plugin) => (plugin === "p" ? bytes : 1500),
  });
  const base = [foldRun(comparedRun({ id: "a", ...mtu(1450) }))];
  expect(requireComparable(sides(mtu(1450), { base }))).toEqual([]);
  expect(() => requireComparable(sides(mtu(1400), { base }))).toThrow(/MTU of p on path cross-node is 1450.* 1400/);
});

it("refuses runs of one side that differ, and reports all facts", () => {
  const third = foldRun(comparedRun({ id: "c", ...cluster({ kind: "kind", underlayMtu: 1400 }) }));
  const pair = sides({});
  const compare = () => requireComparable({ ...pair, base: [...pair.base, third] });
  expect(compare).toThrow(/kind is netns, kind in base and netns in head[^]*\n[^]*underlayMtu is 1500, 1400/);
});

it("lists other facts, and no fact twice", () => {
  const other: Partial<RunOptions> = {
    environment: ({ plugins: all, tools }) => ({
      ...{ kernel: "6.6.0", cpuModel: "Other CPU", memory: 1, tools: { ...tools, iperf3: "3.17" } },
      plugins: all.map((one) => ({ ...one, version: one.name === "p" ? "2.0.0" : one.version })),
    }),
    change: () => ({ versions: { cnibench: "0.2.0", node: "20.19.0" } }),
  };
  const facts = requireComparable(sides(other));
  expect(facts.map(({ fact }) => fact)).toEqual([
    "kernel",
    "cpuModel",
    "tools iperf3",
    "version of cnibench",
    "version of p",
  ]);
  expect(facts[0]).toEqual({ fact: "kernel", base: "6.1.0-18-amd64", head: "6.6.0" });
});

it("lists how loads were measured, also against runs of versions that stored no such facts", () => {
  const facts = requireComparable(
    sides(
      cluster({
        cpuAccounting: "processes",
        interleaving: { applied: true, reason: null },
        keepAwake: { means: "spinners", reason: null },
      }),
    ),
  );
  expect(facts).toEqual([
    { fact: "cluster interleaving", base: "no", head: "yes" },
    { fact: "cluster cpuAccounting", base: "machine", head: "processes" },
    { fact: "cluster keepAwake", base: "no", head: "spinners" },
  ]);
  const reasons = cluster({ keepAwake: { means: null, reason: "--no-keep-awake" } });
  expect(requireComparable(sides(reasons))).toMatchObject([{ base: "no", head: "no (--no-keep-awake)" }]);
});

it("compares a renamed plugin with its old facts, and ignores plugins of one side", () => {
  const renamed = new Map([["p", "q"]]);
  const head = {
    plugins: ["bridge", "q", "new"],
    environment: (environment: Environment): Partial<Environment> => ({
      plugins: environment.plugins.map((one) => ({ ...one, ...(one.name !== "bridge" && { encapsulation: "vxlan" }) })),
    }),
  };
  expect(() => requireComparable(sides(head, { renamed }))).toThrow(/encapsulation of q is none in base/);
  expect(requireComparable(sides({ plugins: ["bridge", "new"] }))).toEqual([]);
});

it("knows nothing about runs that ended before the facts were collected", () => {
  const bare = { ...comparedRun({ id: "b" }) };
  const head = [foldRun({ ...bare, run: { ...bare.run, environment: null } })];
  expect(requireComparable(sides({}, { head }))).toEqual([]);
});
