/** Converts a suite file to a Suite or reports all problems. Pure: runners are passed in. Format: docs/suites.md. */
import { FAMILIES, type Family } from "../core/family.ts";
import { isServicePath, type Path } from "../core/model.ts";
import type { RunnerFacts } from "../core/params.ts";
import { parseYaml } from "../core/yaml.ts";
import type { YamlNode } from "../core/yaml.ts";
import { readBackgroundObjects } from "./background-objects.ts";
import { Problems, quote, readDuration, readMap, readName, readNumber, readString, unknownName } from "./fields.ts";
import { readParams } from "./params.ts";
import { checkPodCapacity, POD_RANGE_PREFIX } from "./pod-capacity.ts";
import type { Scenario, Suite } from "./suite.ts";

export type Runners = Readonly<Record<string, RunnerFacts>>;
export type LoadedSuite = { readonly suite: Suite } | { readonly problems: readonly string[] };

type Fields = ReadonlyMap<string, YamlNode>;

/** The runner of a scenario with the facts needed to validate the other fields. */
interface KnownRunner {
  readonly name: string;
  readonly facts: RunnerFacts;
}

const DEFAULTS = { blocks: 10, duration: 10, repetitions: 1, family: "ipv4", podRange: 24 } as const;
const COUNT_RANGE = { type: "integer", min: 1, max: 1000 } as const;

const SUITE_KEYS = ["name", "description", "blocks", "duration", "scenarios"];
const SCENARIO_KEYS = ["name", "runner", "paths", "family", "podRange", "repetitions", "standing", "params"];

/**
 * Reads a suite. Reports all problems at once, each as `file:line:column: message`.
 * @param fileName only for messages; nothing is read from disk
 */
export function loadSuite(text: string, fileName: string, runners: Runners): LoadedSuite {
  const problems = new Problems();
  const parsed = parseYaml(text, fileName);
  if ("problems" in parsed) {
    for (const { position, message } of parsed.problems) problems.add(position, message);
    return { problems: problems.lines() };
  }
  const suite = readSuite(parsed.root, runners, problems);
  return suite === null || problems.found ? { problems: problems.lines() } : { suite };
}

function readSuite(root: YamlNode, runners: Runners, problems: Problems): Suite | null {
  const fields = readMap(root, "the suite", SUITE_KEYS, problems);
  if (fields === null) return null;
  for (const key of ["name", "scenarios"])
    if (!fields.has(key)) problems.add(root, `the suite has no ${key}; add "${key}:"`);
  return {
    name: readField(fields, "name", "", (node) => readName(node, "the suite name", problems)),
    description: readField(fields, "description", "", (node) => readString(node, "the description", problems)),
    blocks: readField(fields, "blocks", DEFAULTS.blocks, (node) => readNumber(node, "blocks", COUNT_RANGE, problems)),
    duration: readField(fields, "duration", DEFAULTS.duration, (node) => readDuration(node, "duration", problems)),
    scenarios: readField<readonly Scenario[]>(fields, "scenarios", [], (node) =>
      readScenarios(node, runners, problems),
    ),
  };
}

/** Returns the value of a field, or the default if it is missing or invalid (reported). */
function readField<T>(fields: Fields, key: string, defaultValue: T, read: (node: YamlNode) => T | null): T {
  const node = fields.get(key);
  return node === undefined ? defaultValue : (read(node) ?? defaultValue);
}

function readScenarios(node: YamlNode, runners: Runners, problems: Problems): readonly Scenario[] {
  if (node.kind !== "list" || node.items.length === 0) {
    problems.add(node, `scenarios must be a list with at least one scenario, each starting with "- name:"`);
    return [];
  }
  const lineOfName = new Map<string, number>();
  return node.items.flatMap((item) => {
    const fields = readMap(item, "a scenario", SCENARIO_KEYS, problems);
    if (fields === null) return [];
    const name = readScenarioName(item, fields.get("name"), lineOfName, problems);
    const runner = readRunner(item, fields.get("runner"), runners, problems);
    return readScenario(item, fields, { name, runner }, problems);
  });
}

/** Returns the scenario, or an empty list if its runner is unknown: paths and params cannot be validated without it. */
function readScenario(
  item: YamlNode,
  fields: Fields,
  { name, runner }: { readonly name: string; readonly runner: KnownRunner | null },
  problems: Problems,
): readonly Scenario[] {
  const repetitions = readField(fields, "repetitions", DEFAULTS.repetitions, (node) =>
    readNumber(node, "repetitions", COUNT_RANGE, problems),
  );
  const podRange = readField(fields, "podRange", DEFAULTS.podRange, (node) =>
    readNumber(node, "podRange", POD_RANGE_PREFIX, problems),
  );
  if (runner === null) return [];
  const paths = readPaths(fields.get("paths"), runner, problems);
  const family = readField(fields, "family", DEFAULTS.family, (node) => readFamily(node, problems));
  const params = readParams(fields.get("params"), runner.name, runner.facts, problems);
  const standing = readBackgroundObjects(fields.get("standing"), problems);
  const scenario = {
    name,
    runner: runner.name,
    paths,
    family,
    podRange,
    repetitions,
    ...(standing === null ? {} : { standing }),
    params,
  };
  checkPodCapacity(item, scenario, runner.facts, problems);
  return [scenario];
}

function readScenarioName(
  item: YamlNode,
  node: YamlNode | undefined,
  lineOfName: Map<string, number>,
  problems: Problems,
): string {
  if (node === undefined) {
    problems.add(item, `this scenario has no name; add "name:"`);
    return "";
  }
  const name = readName(node, "the scenario name", problems);
  if (name === null) return "";
  const firstLine = lineOfName.get(name);
  if (firstLine === undefined) lineOfName.set(name, node.line);
  else problems.add(node, `duplicate scenario name ${name} (first used on line ${firstLine}); choose another name`);
  return name;
}

function readRunner(
  item: YamlNode,
  node: YamlNode | undefined,
  runners: Runners,
  problems: Problems,
): KnownRunner | null {
  const known = Object.keys(runners);
  if (node === undefined) {
    problems.add(item, `this scenario has no runner; add "runner:" with one of ${known.join(", ")}`);
    return null;
  }
  const name = readString(node, "runner", problems);
  if (name === null) return null;
  // Inherited properties such as `constructor` are not runners.
  const facts = Object.hasOwn(runners, name) ? runners[name] : undefined;
  if (facts !== undefined) return { name, facts };
  problems.add(node, unknownName("runner", name, known));
  return null;
}

function readFamily(node: YamlNode, problems: Problems): Family | null {
  const name = readString(node, "family", problems);
  const family = FAMILIES.find((candidate) => candidate === name);
  if (family === undefined && name !== null) problems.add(node, unknownName("family", name, FAMILIES));
  return family ?? null;
}

/**
 * Returns the paths of a scenario. Default: all pod-to-pod paths that the runner supports, or all its paths if it
 * supports no pod-to-pod path.
 */
function readPaths(node: YamlNode | undefined, { name, facts }: KnownRunner, problems: Problems): readonly Path[] {
  const allowed = facts.paths.filter((path) => path !== "host");
  const podPaths = allowed.filter((path) => !isServicePath(path));
  if (node === undefined) return podPaths.length > 0 ? podPaths : allowed;
  if (facts.paths.length === 0) {
    problems.add(node, `runner ${name} runs on the deployment and takes no paths; remove "paths"`);
    return [];
  }
  if (node.kind !== "list" || node.items.length === 0) {
    problems.add(node, `paths must be a list with at least one of ${allowed.join(", ")}`);
    return [];
  }
  const paths = new Set<Path>();
  for (const item of node.items) {
    const path = readPath(item, allowed, problems);
    if (path === null) continue;
    if (paths.has(path)) problems.add(item, `duplicate path ${quote(path)}; remove it`);
    paths.add(path);
  }
  return [...paths];
}

function readPath(node: YamlNode, allowed: readonly Path[], problems: Problems): Path | null {
  const name = readString(node, "a path", problems);
  if (name === null) return null;
  const path = allowed.find((candidate) => candidate === name);
  if (path !== undefined) return path;
  problems.add(
    node,
    name === "host"
      ? `path "host" is the baseline, which every block measures; remove it`
      : unknownName("path", name, allowed),
  );
  return null;
}
