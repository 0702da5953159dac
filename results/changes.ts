/** What is not as it was: a sitting on another kernel or with other programs does not continue the same measurement. */
import type { Warning } from "../core/model.ts";
import type { Environment, RunFile } from "./record.ts";

type EnvironmentFacts = Pick<RunFile, "versions" | "environment">;

/** One warning that names every difference, or none. @param session the one that met `now` */
export function environmentChanges(before: EnvironmentFacts, now: EnvironmentFacts, session: number): Warning[] {
  const [old, current] = [factsOf(before), factsOf(now)];
  const names = [...new Set([...old.keys(), ...current.keys()])].filter((name) => old.get(name) !== current.get(name));
  if (names.length === 0) return [];
  const differences = names.map(
    (name) => `${name} is ${current.get(name) ?? "gone"} instead of ${old.get(name) ?? "not there"}`,
  );
  return [
    {
      code: "environment-changed",
      message: `sitting ${session} was measured in other surroundings: ${differences.join("; ")}`,
    },
  ];
}

function factsOf({ versions, environment }: EnvironmentFacts): ReadonlyMap<string, string> {
  if (environment === null) return new Map();
  const { plugins, ...machine } = environment satisfies Environment;
  return new Map([
    ...flatten(machine, ""),
    ...plugins.flatMap(({ name, binaries, ...facts }) => [
      ...flatten(facts, `plugin ${name} `),
      ...binaries.map((file) => [`plugin ${name} file ${file.name}`, file.sha256.slice(0, 12)] as const),
    ]),
    ...flatten(versions, "version of "),
  ]);
}

function flatten(facts: object, prefix: string): (readonly [string, string])[] {
  return Object.entries(facts).flatMap(([key, value]: [string, unknown]) => {
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
    return isGroup
      ? flatten(value, `${prefix}${key} `)
      : [[`${prefix}${key}`, value === null ? "unknown" : JSON.stringify(value).replaceAll('"', "")] as const];
  });
}
