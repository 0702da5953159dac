/** A lab with the sound plugins in it, to which mutants are added. */
import { netns } from "../../../../clusters/netns/netns.ts";
import type { BareCluster } from "../../../../clusters/cluster.ts";
import type { Node } from "../../../../core/model.ts";
import { succeeded } from "../../../../core/shell.ts";
import { withVersion } from "../../../../cni/conf.ts";
import type { Clause } from "../../../../runners/conformance/clause.ts";
import { testClause, type ClauseResult } from "../../../../runners/conformance/test-clause.ts";
import { BASE_PLUGINS, LAB_REQUIREMENTS, setUpBase, type BasePlugin } from "./base-plugins.ts";
import { correctHandler, type Mutant } from "./mutant.ts";
import { PluginServer, type PluginHandler } from "./plugin-server.ts";

export const PLUGIN_DIR = "/opt/cni/bin";
const BINARY_NAMES: Readonly<Record<BasePlugin, string>> = { RI: "ri", RP: "rp", RC: "rc", RO: "ro" };

export interface MutantLab extends AsyncDisposable {
  readonly node: Node;
  readonly server: PluginServer;
  /** Puts the mutant's program into the lab. */
  install(mutant: Mutant): Promise<void>;
  /** What of a base's needs it lacks, or null. */
  missingRequirement(base: BasePlugin): Promise<string | null>;
  /** One clause, in the mutant's configuration. */
  testClause(mutant: Mutant, clause: Clause): Promise<ClauseResult>;
}

export async function openMutantLab(): Promise<MutantLab> {
  const server = await PluginServer.open();
  const cluster: BareCluster = await netns.create({ nodes: 1, underlayMtu: 1500 }, new AbortController().signal);
  const node = cluster.nodes[0] as Node;
  const put = async (file: string, program: PluginHandler): Promise<void> =>
    cluster.putFiles(node, [
      { path: `${PLUGIN_DIR}/${file}`, mode: 0o755, source: { text: server.add(file, program) } },
    ]);
  for (const base of Object.keys(BASE_PLUGINS) as BasePlugin[]) await put(BINARY_NAMES[base], correctHandler(base));
  return {
    node,
    server,
    missingRequirement: async (base) => {
      const need = LAB_REQUIREMENTS[base];
      return need === undefined || succeeded(await node.shell.exec(["sh", "-c", need.probe])) ? null : need.what;
    },
    install: ({ number, createHandler: program }) => put(number, program()),
    testClause: async ({ number, base, version = "1.1.0", config = {} }, clause) => {
      const { list, profile } = setUpBase(base, version, config);
      const executables = list.plugins.map(({ type }, i) => `${PLUGIN_DIR}/${i === profile.target ? number : type}`);
      const subject = {
        ...profile,
        name: base,
        list: withVersion(list, version),
        pluginPath: [PLUGIN_DIR],
        executables,
      };
      return testClause(clause, { node: node.shell, underTest: subject, signal: new AbortController().signal });
    },
    [Symbol.asyncDispose]: async () => {
      await cluster[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
