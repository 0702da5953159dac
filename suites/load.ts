/** Suite file -> Suite, or every problem with it. Pure; the runners are handed in. The format is told in docs/suites.md. */
import { FAMILIES, type Family } from "../core/family.ts";
import { isServicePath, type Path } from "../core/model.ts";
import type { RunnerFacts } from "../core/params.ts";
import { parseYaml } from "../core/yaml.ts";
import type { YamlNode } from "../core/yaml.ts";
import { Problems, quote, readDuration, readMap, readName, readNumber, readString, unknownName } from "./fields.ts";
import { readParams } from "./params.ts";
import { checkPodCapacity, POD_RANGE_PREFIX } from "./pod-capacity.ts";
import { readBackgroundObjects } from "./background-objects.ts";
import type { Scenario, Suite } from "./suite.ts";

export type Runners = Readonly<Record<string, RunnerFacts>>;
export type LoadedSuite = { readonly suite: Suite } | { readonly problems: readonly string[] };

/** Values of a suite that does not say otherwise. */
const DEFAULTS = { blocks: 10, duration: 10, repetitions: 1, family: "ipv4", podRange: 24 } as const;
const COUNT_RANGE = { type: "integer", min: 1, max: 1000 } as const;

const SUITE_KEYS = ["name", "description", "blocks", "duration", "scenarios"];
const SCENARIO_KEYS = ["name", "runner", "paths", "family", "podRange", "repetitions", "standing", "params"];

/**
 * Reads a suite. All problems are given at once, each as `file:line:column: sentence`.
 * @param fileName only for the messages; nothing is read from disk
 */
export function loadSuite(text: string, fileName: string, runners: Runners): LoadedSuite {
  const problems = new Problems();
  const parsed = parseYaml(text, fileName);
  if ("problems" in parsed) {
    for (const { position: place, message: sentence } of parsed.problems) problems.add(place, sentence);
    return { problems: problems.lines() };
  }
  const suite = readSuite(parsed.root, runners, problems);
  return suite === null || problems.found ? { problems: problems.lines() } : { suite };
}

function readSuite(root: YamlNode, runners: Runners, problems: Problems): Suite | null {
  const fields = readMap(root, "the suite", SUITE_KEYS, problems);
  if (fields === null) return null;
  const field = <T>(key: string, fallback: T, read: (node: YamlNode) => T | null): T => {
    const node = fields.get(key);
    return node === undefined ? fallback : (read(node) ?? fallback);
  };
  for (const key of ["name", "scenarios"])
    if (!fields.has(key)) problems.add(root, `the suite has no ${key}; add "${key}:"`);
  return {
    name: field("name", "", (node) => readName(node, "the name of the suite", problems)),
    description: field("description", "", (node) => readString(node, "the description", problems)),
    blocks: field("blocks", DEFAULTS.blocks, (node) => readNumber(node, "blocks", COUNT_RANGE, problems)),
    duration: field("duration", DEFAULTS.duration, (node) => readDuration(node, "duration", problems)),
    scenarios: field<readonly Scenario[]>("scenarios", [], (node) => readScenarios(node, runners, problems)),
  };
}

function readScenarios(node: YamlNode, runners: Runners, problems: Problems): readonly Scenario[] {
  if (node.kind !== "list" || node.items.length === 0) {
    problems.add(node, `scenarios must be a list with at least one scenario, each beginning with "- name:"`);
    return [];
  }
  const lineOfName = new Map<string, number>();
  return node.items.flatMap((item) => readScenario(item, lineOfName, runners, problems) ?? []);
}

function readScenario(
  item: YamlNode,
  lineOfName: Map<string, number>,
  runners: Runners,
  problems: Problems,
): Scenario | null {
  const fields = readMap(item, "a scenario", SCENARIO_KEYS, problems);
  if (fields === null) return null;
  const [nameNode, runnerNode, countNode, rangeNode] = ["name", "runner", "repetitions", "podRange"].map((key) =>
    fields.get(key),
  );
  if (nameNode === undefined) problems.add(item, `this scenario has no name; add "name:"`);
  if (runnerNode === undefined)
    problems.add(item, `this scenario has no runner; add "runner:" with one of ${Object.keys(runners).join(", ")}`);
  const name = nameNode === undefined ? null : readScenarioName(nameNode, lineOfName, problems);
  const repetitions = countNode === undefined ? null : readNumber(countNode, "repetitions", COUNT_RANGE, problems);
  const podRange = rangeNode === undefined ? null : readNumber(rangeNode, "podRange", POD_RANGE_PREFIX, problems);
  const runner = runnerNode === undefined ? null : readRunner(runnerNode, runners, problems);
  const facts = runner === null ? undefined : runners[runner];
  // Without its runner nothing can be said about paths and parameters.
  if (runner === null || facts === undefined) return null;
  const paths = readPaths(fields.get("paths"), runner, facts, problems);
  const family = readFamily(fields.get("family"), problems);
  const params = readParams(fields.get("params"), runner, facts, problems);
  const standing = readBackgroundObjects(fields.get("standing"), problems);
  const scenario = {
    name: name ?? "",
    runner,
    paths,
    family,
    podRange: podRange ?? DEFAULTS.podRange,
    repetitions: repetitions ?? DEFAULTS.repetitions,
    ...(standing === null ? {} : { standing }),
    params,
  };
  checkPodCapacity(item, scenario, facts, problems);
  return scenario;
}

function readScenarioName(node: YamlNode, lineOfName: Map<string, number>, problems: Problems): string | null {
  const name = readName(node, "the name of a scenario", problems);
  if (name === null) return null;
  const first = lineOfName.get(name);
  if (first !== undefined)
    problems.add(node, `a scenario named ${name} is already on line ${first}; give this one another name`);
  else lineOfName.set(name, node.line);
  return name;
}

function readRunner(node: YamlNode, runners: Runners, problems: Problems): string | null {
  const name = readString(node, "runner", problems);
  // `constructor` is no runner, though every object has one.
  if (name === null || Object.hasOwn(runners, name)) return name;
  problems.add(node, unknownName("runner", name, Object.keys(runners)));
  return null;
}

function readFamily(node: YamlNode | undefined, problems: Problems): Family {
  if (node === undefined) return DEFAULTS.family;
  const name = readString(node, "family", problems);
  const family = FAMILIES.find((candidate) => candidate === name);
  if (family === undefined && name !== null) problems.add(node, unknownName("family", name, FAMILIES));
  return family ?? DEFAULTS.family;
}

/** Paths of a scenario; left out: every path from pod to pod that the runner can measure, or all where it knows only others. */
function readPaths(
  node: YamlNode | undefined,
  runner: string,
  facts: RunnerFacts,
  problems: Problems,
): readonly Path[] {
  const allowed = facts.paths.filter((path) => path !== "host");
  const podPaths = allowed.filter((path) => !isServicePath(path));
  if (node === undefined) return podPaths.length > 0 ? podPaths : allowed;
  if (facts.paths.length === 0) {
    problems.add(node, `runner ${runner} works on the deployment as a whole and takes no paths; remove "paths"`);
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
    if (paths.has(path)) problems.add(item, `path ${quote(path)} is given twice; remove one`);
    paths.add(path);
  }
  return [...paths];
}

function readPath(node: YamlNode, known: readonly Path[], problems: Problems): Path | null {
  const name = readString(node, "a path", problems);
  if (name === null) return null;
  const path = known.find((candidate) => candidate === name);
  if (path !== undefined) return path;
  problems.add(
    node,
    name === "host"
      ? `path "host" is the baseline and measured in every block; remove it here`
      : unknownName("path", name, known),
  );
  return null;
}
