/** A lab with the sound plugins in it, to which mutants are added. */
import { netns } from "../../../../clusters/netns/netns.ts";
import type { BareCluster } from "../../../../clusters/cluster.ts";
import type { Node } from "../../../../core/model.ts";
import { succeeded } from "../../../../core/shell.ts";
import { withVersion } from "../../../../cni/conf.ts";
import type { Clause } from "../../../../runners/conformance/clause.ts";
import { testClause, type Tested } from "../../../../runners/conformance/suite.ts";
import { BASES, NEEDS, described, type Base } from "./bases.ts";
import { soundProgram, type Mutant } from "./mutant.ts";
import { PluginServer, type Program } from "./stub.ts";

export const BIN = "/opt/cni/bin";
const FILES: Readonly<Record<Base, string>> = { RI: "ri", RP: "rp", RC: "rc", RO: "ro" };

export interface MutantLab extends AsyncDisposable {
  readonly node: Node;
  readonly server: PluginServer;
  /** Puts the mutant's program into the lab. */
  install(mutant: Mutant): Promise<void>;
  /** What of a base's needs it lacks, or null. */
  lacks(base: Base): Promise<string | null>;
  /** One clause, in the mutant's configuration. */
  test(mutant: Mutant, clause: Clause): Promise<Tested>;
}

export async function openMutantLab(): Promise<MutantLab> {
  const server = await PluginServer.open();
  const cluster: BareCluster = await netns.create({ nodes: 1, underlayMtu: 1500 }, new AbortController().signal);
  const node = cluster.nodes[0] as Node;
  const put = async (file: string, program: Program): Promise<void> =>
    cluster.putFiles(node, [{ path: `${BIN}/${file}`, mode: 0o755, source: { text: server.add(file, program) } }]);
  for (const base of Object.keys(BASES) as Base[]) await put(FILES[base], soundProgram(base));
  return {
    node,
    server,
    lacks: async (base) => {
      const need = NEEDS[base];
      return need === undefined || succeeded(await node.shell.exec(["sh", "-c", need.probe])) ? null : need.what;
    },
    install: ({ number, program }) => put(number, program()),
    test: async ({ number, base, version = "1.1.0", config = {} }, clause) => {
      const { list, profile } = described(base, version, config);
      const executables = list.plugins.map(({ type }, i) => `${BIN}/${i === profile.target ? number : type}`);
      const subject = { ...profile, name: base, list: withVersion(list, version), pluginPath: [BIN], executables };
      return testClause(clause, { node: node.shell, subject, signal: new AbortController().signal });
    },
    [Symbol.asyncDispose]: async () => {
      await cluster[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
