/** Tests the core clauses on a deployed plugin: the subset of the suite that takes seconds. */
import { type CniArgs, type NetworkConfigList, PluginFinder, reproduceCommand } from "../../cni/index.ts";
import { EnvironmentError } from "../../core/errors.ts";
import { inParallel } from "../../core/parallel.ts";
import type { Output, Shell } from "../../core/shell.ts";
import type { ClauseResult } from "../../results/index.ts";
import type { ContextOptions } from "../clauses/clause-context.ts";
import { applies } from "../clauses/clause.ts";
import { CLAUSES } from "../clauses/index.ts";
import type { PluginUnderTest } from "../under-test/plugin-under-test.ts";
import { guessProfile } from "../under-test/profile.ts";
import { toClauseResult } from "./convert-result.ts";
import { missingAgentReason, skipResult } from "./skipped-clauses.ts";
import { testClause } from "./test-clause.ts";

const CORE_CLAUSES = CLAUSES.filter(({ core = false }) => core);

/** Each test has its own test node, so tests do not disturb each other. */
const CONCURRENT_TESTS = 3;

/** A plugin as it was deployed on a node. */
export interface DeployedPlugin {
  readonly name: string;
  readonly network: NetworkConfigList;
  readonly node: Shell;
  /** Directories of the plugins on the node. */
  readonly pluginPath: readonly string[];
  /** sh script that copies the state of the plugin's daemon to a test node. */
  readonly daemonState: string;
  /** Changes to the CNI_ARGS that name the pod of a container. */
  readonly cniArgs: CniArgs;
  /** Whether the plugin configured the pods of the node, so that a failing ADD on a test node is not its fault. */
  readonly installed: boolean;
}

export interface CoreCheckOptions {
  readonly signal: AbortSignal;
  /** Receives each call of a plugin, with a command line that repeats it. */
  readonly onCall: (name: string, output: Output, command: string) => void;
}

/** @throws EnvironmentError when a test itself fails: its clause has no verdict */
export async function checkCoreClauses(
  plugin: DeployedPlugin,
  { signal, onCall }: CoreCheckOptions,
): Promise<readonly ClauseResult[]> {
  const { network, node } = plugin;
  const version = network.cniVersion;
  const underTest = await underTestOf(plugin);
  const options: ContextOptions = { node, underTest, signal };
  const addImpossible = plugin.installed ? await missingAgentReason(options) : null;
  const clauses = CORE_CLAUSES.filter((clause) => applies(clause, version, underTest.kinds));
  const results = new Map<string, ClauseResult>();
  await inParallel(clauses, CONCURRENT_TESTS, async (clause) => {
    const { needsAdd = true } = clause;
    const tested =
      addImpossible !== null && needsAdd ? skipResult(clause, addImpossible, true) : await testClause(clause, options);
    for (const [i, call] of tested.calls.entries())
      onCall(`${clause.id}-${i + 1}`, call.output, reproduceCommand(call));
    if (tested.verdict.status === "error")
      throw new EnvironmentError(`the test of clause ${clause.id} failed: ${tested.verdict.reason}`);
    results.set(clause.id, toClauseResult(tested, { version, known: [], binaries: null }));
  });
  return clauses.flatMap(({ id }) => results.get(id) ?? []);
}

async function underTestOf({
  name,
  network,
  node,
  pluginPath,
  daemonState,
  cniArgs,
}: DeployedPlugin): Promise<PluginUnderTest> {
  const types = network.plugins.map(({ type }) => type);
  return {
    ...guessProfile(network),
    name,
    list: network,
    pluginPath,
    executables: await new PluginFinder(node, pluginPath).find(types),
    prepare: daemonState,
    cniArgs,
  };
}
