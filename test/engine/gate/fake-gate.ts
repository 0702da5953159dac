/** Runs of the plugin `mine` on clusters that do not exist, with scripted throughputs, to compare and to confirm. */
import { setMaxListeners } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAMILIES } from "../../../core/model.ts";
import type { RunChoices } from "../../../engine/plan/definition.ts";
import type { RunEvent } from "../../../engine/run/events.ts";
import { check, execute, open, prepare, type Session } from "../../../engine/session.ts";
import type { BasePlugin } from "../../../engine/gate/plan-confirmation.ts";
import type { Plugin } from "../../../plugins/index.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, fakeShell, type FakeHost, type Reply } from "../../helpers/fake-host.ts";
import { fakeChoices, fakeCluster, fakeKind, fakeNode, fakeRunner, fakeSuite } from "../fake-run.ts";

const BLOCKS = 3;

/** Replies of this machine, which reads the version of the plugin. */
const HOST_REPLIES: Readonly<Record<string, Reply>> = { mine: { exitCode: 1 } };

/** Bit/s of a plugin, by its name and the number of the measurement. */
export type Throughput = (plugin: string, count: number) => number;

/** A machine on which plugins have these throughputs; that of the baseline is `host`. */
export class FakeBench {
  readonly host: FakeHost;
  readonly choices: RunChoices;
  #plugin = "";
  #count = 0;

  constructor(throughput: Throughput, options: { readonly signal?: AbortSignal } = {}) {
    const { signal = new AbortController().signal } = options;
    setMaxListeners(0, signal);
    this.host = fakeHost(HOST_REPLIES, { signal });
    const runner = fakeRunner(async () => ({
      values: { throughput: throughput(this.#plugin, this.#count++) },
      warnings: [],
    }));
    const { kind } = fakeKind({ create: async (_, { nodes }) => clusterWithPods(nodes) });
    this.choices = fakeChoices(kind, {
      suites: [fakeSuite(BLOCKS)],
      runners: { fake: runner },
      plugins: [pluginIn("mine", temporaryDir())],
    });
  }

  /** The runner has no other way to know what it measures. */
  readonly listen = (event: RunEvent): void => {
    if (event.kind === "measuring") this.#plugin = event.task.plugin;
  };

  /** Measures a run. @returns its session, whose directory is locked */
  async measure(choices: RunChoices = this.choices): Promise<Session> {
    const checked = await check(this.host, await prepare(this.host, choices));
    const session = await open(this.host, checked, { out: join(temporaryDir(), "run"), command: ["cnibench", "run"] });
    await execute(this.host, session, { onEvent: this.listen });
    return session;
  }
}

/** Returns the partner of `mine` with another binary. */
export function basePlugin(): BasePlugin {
  const dir = temporaryDir();
  return { head: "mine", plugin: pluginIn("mine-in-base", dir), reference: `mine@${dir}` };
}

function pluginIn(name: string, binDir: string): Plugin {
  writeFileSync(join(binDir, "mine"), "#!/bin/sh\n");
  chmodSync(join(binDir, "mine"), 0o755);
  return {
    ...{ name, summary: "a plugin", encapsulation: "none", binDir },
    bare: {
      ...{ binaries: ["mine"], tools: [], linkTypes: [], families: FAMILIES, specVersion: "1.0.0" },
      config: () => JSON.stringify({ cniVersion: "1.0.0", name: "net", plugins: [{ type: "mine" }] }),
      files: () => [],
    },
  };
}

/** A cluster whose nodes attach pods to a network. */
function clusterWithPods(count: number): ReturnType<typeof fakeCluster> {
  const cluster = fakeCluster(count);
  const nodes = cluster.nodes.map(({ index }) => {
    let pods = 1;
    const add = (): string =>
      JSON.stringify({ cniVersion: "1.0.0", ips: [{ address: `10.244.${index}.${++pods}/24` }] });
    return fakeNode(index, {
      "ip -batch -": {},
      sh: { stdout: "/opt/cni/bin/mine\n" },
      mine: () => ({ stdout: add() }),
    });
  });
  return {
    ...cluster,
    nodes,
    createSandbox: async (node, name) => ({
      ...{ name, node, id: name, netns: `/run/netns/${name}` },
      shell: fakeShell({ "ip -j link show eth0": { stdout: '[{"mtu":1500}]' }, ping: {} }, name),
      remove: async () => undefined,
    }),
  };
}
