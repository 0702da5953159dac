/** Converts a suite file to a Suite or reports all problems. Pure: runners are passed in. Format: docs/suites.md. */
import { childOf, type DataNode } from "../core/validation/document.ts";
import { MapReader } from "../core/validation/map.ts";
import { Problems } from "../core/validation/problems.ts";
import type { DescribedType } from "../core/validation/value-types.ts";
import { parseYaml } from "../core/validation/yaml.ts";
import {
  defaultParams,
  defaultPaths,
  itemsOf,
  SCENARIOS_SCHEMA,
  scenarioFields,
  suiteFields,
  type KnownRunner,
  type Runners,
} from "./suite-format.ts";
import { checkAdaptive } from "./block-count.ts";
import { checkHeadlineBlocks, checkHeadlines } from "./headlines.ts";
import { checkPodCapacity } from "./pod-capacity.ts";
import type { Scenario, Suite } from "./suite.ts";

type LoadedSuite = { readonly suite: Suite } | { readonly problems: readonly string[] };

interface LoadOptions {
  /** A suite of a stored run, whose blocks suffice for its plugins: one plugin is not compared. Default: false. */
  readonly isStored?: boolean;
}

/**
 * Reads a suite. Reports all problems at once, each as `file:line:column: message`.
 * @param fileName only for messages; nothing is read from disk
 */
export function loadSuite(
  text: string,
  fileName: string,
  runners: Runners,
  { isStored = false }: LoadOptions = {},
): LoadedSuite {
  const problems = new Problems();
  const parsed = parseYaml(text, fileName);
  if ("problems" in parsed) {
    for (const { position, message } of parsed.problems) problems.add(position, message);
    return { problems: problems.inFileOrder() };
  }
  const suite = readSuite(parsed.root, runners, problems, isStored);
  return suite === null || problems.found ? { problems: problems.inFileOrder() } : { suite };
}

function readSuite(root: DataNode, runners: Runners, problems: Problems, isStored: boolean): Suite | null {
  const suite = new MapReader(root, "the suite", suiteFields(scenariosOf(runners)), problems);
  if (root.kind !== "map") return null;
  const loaded = {
    name: suite.value("name") ?? "",
    description: suite.value("description"),
    blocks: suite.value("blocks"),
    duration: suite.value("duration"),
    headlines: suite.value("headlines"),
    equivalence: suite.value("equivalence"),
    scenarios: suite.value("scenarios") ?? [],
  };
  checkHeadlines(suite.at("headlines"), loaded, runners, problems);
  if (!isStored) checkHeadlineBlocks(suite.at("headlines"), loaded, problems);
  checkAdaptive(suite.at("blocks"), loaded.headlines, problems);
  return loaded;
}

function scenariosOf(runners: Runners): DescribedType<readonly Scenario[]> {
  return {
    schema: SCENARIOS_SCHEMA,
    read: (node, label, problems) => {
      const lineOfName = new Map<string, number>();
      const items = itemsOf(node, label, 'scenario, each starting with "- name:"', problems);
      return items.flatMap((item) => readScenario(item, runners, lineOfName, problems) ?? []);
    },
  };
}

/** Returns null if the runner is unknown: paths and params cannot be validated without it. */
function readScenario(
  item: DataNode,
  runners: Runners,
  lineOfName: Map<string, number>,
  problems: Problems,
): Scenario | null {
  const runner = findRunner(item, runners);
  const fields = new MapReader(item, "a scenario", scenarioFields(runners, runner), problems);
  if (item.kind !== "map") return null;
  const name = fields.value("name") ?? "";
  checkUnique(name, fields.at("name"), lineOfName, problems);
  fields.value("runner");
  const [repetitions, podRange] = [fields.value("repetitions"), fields.value("podRange")];
  if (runner === null) return null;
  const paths = fields.value("paths") ?? defaultPaths(runner.facts);
  const family = fields.value("family");
  const params = fields.value("params") ?? defaultParams(runner.facts);
  const standing = fields.value("standing");
  const scenario = {
    name,
    runner: runner.name,
    paths,
    family,
    podRange,
    repetitions,
    ...(standing === undefined ? {} : { standing }),
    params,
  };
  checkPodCapacity(item, scenario, runner.facts, problems);
  return scenario;
}

/** Returns the runner that a scenario names, or null without a problem. */
function findRunner(item: DataNode, runners: Runners): KnownRunner | null {
  const node = childOf(item, "runner");
  const name = node?.kind === "scalar" && typeof node.value === "string" ? node.value : "";
  // Inherited properties such as `constructor` are not runners.
  const facts = Object.hasOwn(runners, name) ? runners[name] : undefined;
  return facts === undefined ? null : { name, facts };
}

function checkUnique(name: string, node: DataNode | null, lineOfName: Map<string, number>, problems: Problems): void {
  if (name === "" || node === null) return;
  const firstLine = lineOfName.get(name);
  if (firstLine === undefined) lineOfName.set(name, node.line);
  else problems.add(node, `duplicate scenario name ${name} (first used on line ${firstLine}); choose another name`);
}
