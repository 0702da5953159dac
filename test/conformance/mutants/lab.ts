/** A lab with the correct plugins, to which mutants are added. */
import { afterAll, beforeAll } from "vitest";
import { netns } from "../../../clusters/netns/netns.ts";
import type { BareCluster } from "../../../clusters/cluster.ts";
import type { Node } from "../../../core/model.ts";
import { succeeded } from "../../../core/shell.ts";
import { withVersion } from "../../../cni/conf.ts";
import type { Clause } from "../../../conformance/clauses/clause.ts";
import { testClause, type TestResult } from "../../../conformance/session/test-clause.ts";
import { BASE_PLUGINS, LAB_REQUIREMENTS, setUpBase, type BasePlugin } from "./base-plugins.ts";
import { correctHandler, type Mutant } from "./mutant.ts";
import { PluginServer, type PluginHandler } from "./plugin-server.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

export const PLUGIN_DIR = "/opt/cni/bin";
const BINARY_NAMES: Readonly<Record<BasePlugin, string>> = { RI: "ri", RP: "rp", RC: "rc", RO: "ro" };

export interface MutantLab extends AsyncDisposable {
  readonly node: Node;
  readonly server: PluginServer;
  /** Installs the binary of the mutant in the lab. */
  install(mutant: Mutant): Promise<void>;
  /** The requirement of a plugin that the lab does not meet, or null. */
  missingRequirement(base: BasePlugin): Promise<string | null>;
  /** Tests one clause, with the configuration of the mutant. */
  testClause(mutant: Mutant, clause: Clause): Promise<TestResult>;
}

/** Creates a lab for the tests of a file. @returns a function that returns the lab in the tests and later hooks */
export function useMutantLab(): () => MutantLab {
  let lab: MutantLab | undefined;
  beforeAll(async () => {
    lab = await openMutantLab();
  }, 60_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());
  return () => {
    if (lab === undefined) throw new Error("lab() was called outside a test");
    return lab;
  };
}

async function openMutantLab(): Promise<MutantLab> {
  const server = await PluginServer.open();
  const cluster: BareCluster = await netns.create(host, { nodes: 1, underlayMtu: 1500 });
  const node = cluster.nodes[0] as Node;
  const put = async (file: string, handler: PluginHandler): Promise<void> =>
    cluster.putFiles(node, [
      { path: `${PLUGIN_DIR}/${file}`, mode: 0o755, source: { text: server.add(file, handler) } },
    ]);
  for (const base of Object.keys(BASE_PLUGINS) as BasePlugin[]) await put(BINARY_NAMES[base], correctHandler(base));
  return {
    node,
    server,
    missingRequirement: async (base) => {
      const requirement = LAB_REQUIREMENTS[base];
      return requirement === undefined || succeeded(await node.shell.exec(["sh", "-c", requirement.probe]))
        ? null
        : requirement.description;
    },
    install: ({ number, createHandler }) => put(number, createHandler()),
    testClause: async ({ number, base, version = "1.1.0", config = {} }, clause) => {
      const { list, profile } = setUpBase(base, version, config);
      const executables = list.plugins.map(({ type }, i) => `${PLUGIN_DIR}/${i === profile.target ? number : type}`);
      const underTest = {
        ...profile,
        name: base,
        list: withVersion(list, version),
        pluginPath: [PLUGIN_DIR],
        executables,
      };
      return testClause(clause, { node: node.shell, underTest, signal: new AbortController().signal });
    },
    [Symbol.asyncDispose]: async () => {
      await cluster[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
