/** Detects environment changes between sessions: another kernel or other binaries make their values incomparable. */
import type { Warning } from "../core/warning-codes.ts";
import { describeCluster } from "./cluster-facts.ts";
import type { RunFile } from "./record.ts";
import type { Environment } from "./environment-facts.ts";

type EnvironmentFacts = Pick<RunFile, "versions" | "environment">;

/** Returns one warning with all differences, or an empty list. @param session number of the session with `now` */
export function environmentChanges(before: EnvironmentFacts, now: EnvironmentFacts, session: number): Warning[] {
  const [old, current] = [factsOf(before), factsOf(now)];
  const names = [...new Set([...old.keys(), ...current.keys()])].filter((name) => old.get(name) !== current.get(name));
  if (names.length === 0) return [];
  const differences = names.map(
    (name) => `${name} is ${current.get(name) ?? "missing"} instead of ${old.get(name) ?? "missing"}`,
  );
  return [
    {
      code: "environment-changed",
      message: `session ${session} ran in a different environment: ${differences.join("; ")}`,
    },
  ];
}

function factsOf({ versions, environment }: EnvironmentFacts): ReadonlyMap<string, string> {
  if (environment === null) return new Map();
  const { plugins, ...machine } = environment satisfies Environment;
  return new Map([
    ...flattenFacts({ ...machine, cluster: describeCluster(machine.cluster) }, ""),
    ...plugins.flatMap(({ name, binaries, ...facts }) => [
      ...flattenFacts(facts, `plugin ${name} `),
      ...binaries.map((file) => [`plugin ${name} file ${file.name}`, file.sha256.slice(0, 12)] as const),
    ]),
    ...flattenFacts(versions, "version of "),
  ]);
}

/** Returns the facts of nested groups, with names such as `cluster kind` and values as text. */
export function flattenFacts(facts: object, prefix: string): (readonly [string, string])[] {
  return Object.entries(facts).flatMap(([key, value]: [string, unknown]) => {
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
    return isGroup
      ? flattenFacts(value, `${prefix}${key} `)
      : [[`${prefix}${key}`, value === null ? "unknown" : JSON.stringify(value).replaceAll('"', "")] as const];
  });
}
