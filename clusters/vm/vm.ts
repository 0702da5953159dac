/**
 * The `vm` cluster: nodes are QEMU virtual machines with kernels of their own, on any Linux machine and without root. They end with
 * cnibench; what they write to their disks has no name on this machine and is gone with them.
 */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EnvironmentError } from "../../core/errors.ts";
import type { Agent } from "../../core/agent/agent.ts";
import type { Node } from "../../core/model.ts";
import { cacheDir } from "../../core/tools/cache.ts";
import { findTool } from "../../core/tools/find.ts";
import type { BareCluster, ClusterKind, ClusterSpec, MachineSpec } from "../cluster.ts";
import { nodeAddress, nodeAddress6, nodePodCidr, nodePodCidr6, POD_CIDR, POD_CIDR6 } from "../nodes/addresses.ts";
import { setForwarding } from "../nodes/forwarding.ts";
import { createSandbox } from "../nodes/sandbox.ts";
import { shapeUnderlay } from "../nodes/shaping.ts";
import { probeAcceleration, type AccelerationResult } from "./acceleration.ts";
import { buildImage, hostRecipe } from "./build.ts";
import { createBridges, type Bridges } from "./bridges.ts";
import { checkMachines } from "./check.ts";
import { cleanMachines, labelPrefix, removeOrphanedDirs } from "./clean.ts";
import { createFileCopier } from "./files.ts";
import { chooseImage, imageDir, probeKernel } from "./image.ts";
import { socketPaths, type QemuLaunch } from "./qemu-command.ts";
import { killMachines, waitForSockets, logIn, startMachine, type Machine } from "./node.ts";
import { platformOf } from "./platform.ts";
import { recipeHash } from "./recipe.ts";
import { createSeed, createUserKey } from "./seed.ts";
import { ENTER_NODE_NETWORK, sshArgv } from "./ssh.ts";

/** What the flags leave open. */
export const DEFAULT_MACHINE: MachineSpec = {
  memory: 2 ** 30,
  cpus: 1,
  nics: 1,
  underlay: "sockets",
  image: null,
  kernel: null,
  initrd: null,
  logs: null,
};

export const vm = {
  name: "vm",
  summary: "QEMU virtual machines with kernels of their own: no root; fast with KVM, slow but true without",
  api: "bare",
  maxNodes: 16,
  tools: ["qemu", "ssh"],
  nodesHaveTools: true,
  deploySeconds: 30,
  check: (spec) =>
    checkMachines(spec ?? { nodes: 2, underlayMtu: 1500 }, spec?.machine ?? DEFAULT_MACHINE, builtImageDir()),
  isEmulated: async ({ machine = DEFAULT_MACHINE }: ClusterSpec, signal: AbortSignal) =>
    (await probeHost(machine, signal)).acceleration === "tcg",
  describePerformance,
  setup: buildImage,
  clean: () => Promise.resolve(cleanMachines()),
  create: async (spec: ClusterSpec, signal: AbortSignal): Promise<BareCluster> => {
    const wanted = spec.machine ?? DEFAULT_MACHINE;
    const machine = { ...wanted, nics: Math.max(wanted.nics, 1 + (spec.spareLinks ?? 0)) };
    const [problem] = await checkMachines(spec, machine, builtImageDir());
    if (problem !== undefined)
      throw new EnvironmentError(`${problem.message}${problem.fix === undefined ? "" : `; fix: ${problem.fix}`}`);
    removeOrphanedDirs();
    const folder = mkdtempSync(join(tmpdir(), labelPrefix(process.pid))); // for its owner only
    const machines: Machine[] = [];
    let bridges: Bridges | null = null;
    const end = async (): Promise<void> => {
      await killMachines(machines);
      await bridges?.close();
      rmSync(folder, { recursive: true, force: true });
    };
    try {
      if (machine.underlay === "tap")
        bridges = await createBridges(folder, spec.nodes, machine.nics, spec.underlayMtu, signal);
      return await bootCluster({
        spec,
        machine,
        dir: folder,
        enterCommand: bridges?.enterCommand ?? [],
        machines,
        signal,
        stop: end,
      });
    } catch (error) {
      await end();
      throw error;
    }
  },
} as const satisfies ClusterKind;

interface ClusterSetup {
  readonly spec: ClusterSpec;
  readonly machine: MachineSpec;
  readonly dir: string;
  /** As of {@link QemuLaunch}. */
  readonly enterCommand: readonly string[];
  /** Filled with what was started. */
  readonly machines: Machine[];
  readonly signal: AbortSignal;
  readonly stop: () => Promise<void>;
}

async function bootCluster(setup: ClusterSetup): Promise<BareCluster> {
  const { spec, dir: folder, enterCommand: enter, machines, signal, stop: end } = setup;
  const launches = await prepareLaunches(setup);
  const agents = await bootMachines(setup, launches);
  await Promise.all(agents.map(setForwarding));
  await Promise.all(agents.map((agent) => shapeUnderlay(agent, ["eth0"], spec)));
  signal.throwIfAborted();
  const { underlayMtu, underlayRate, underlayDelay, underlayLoss } = spec;
  const emulated = launches[0]?.acceleration === "tcg";
  return {
    kind: "vm",
    api: "bare",
    facts: {
      isolation: emulated ? "virtual machines (software emulation)" : "virtual machines (KVM)",
      ...{
        underlayMtu,
        underlayRate: underlayRate ?? null,
        underlayDelay: underlayDelay ?? null,
        underlayLoss: underlayLoss ?? null,
      },
      ...{ sameHost: true, emulated },
    },
    nodes: agents.map(describeNode),
    podCidr: POD_CIDR,
    podCidr6: POD_CIDR6,
    enterCommand: ({ name, index }) => {
      const [ssh = "", ...rest] = sshArgv(folder, name, machines[index - 1]?.launch.port ?? 0);
      return [...enter, ssh, "-t", ...rest, ...ENTER_NODE_NETWORK];
    },
    putFiles: createFileCopier(),
    createSandbox,
    [Symbol.asyncDispose]: end,
  };
}

async function describePerformance(): Promise<string> {
  const { acceleration, why } = await probeHost(DEFAULT_MACHINE);
  if (acceleration === "kvm") return "VM nodes run under KVM: near the speed of this machine, less what virtio costs";
  return `VM nodes are emulated in software, because ${why}: verdicts stand, but expect a twentieth of the speed, and numbers that are never ranked`;
}

function probeHost(machine: MachineSpec, signal?: AbortSignal): Promise<AccelerationResult> {
  const platform = platformOf();
  return probeAcceleration(
    platform,
    findTool(platform.qemu) ?? platform.qemu,
    probeKernel(machine, builtImageDir()),
    signal && { signal },
  );
}

/** Everything that the machines are started with. */
async function prepareLaunches({
  spec,
  machine,
  dir: folder,
  enterCommand: enter,
  signal,
}: ClusterSetup): Promise<readonly QemuLaunch[]> {
  const platform = platformOf();
  const image = await chooseImage(machine, builtImageDir());
  const { acceleration } = await probeHost(machine, signal);
  await createUserKey(folder);
  const launches: QemuLaunch[] = [];
  for (const [i, port] of (await freePorts(spec.nodes)).entries()) {
    const index = i + 1;
    const seed = await createSeed(folder, index, machine.nics, spec.underlayMtu);
    const label = `${labelPrefix(process.pid)}node${index}`;
    launches.push({
      label,
      index,
      nodes: spec.nodes,
      platform,
      acceleration,
      image,
      machine,
      seed,
      socketDir: folder,
      enterCommand: enter,
      port,
    });
  }
  return launches;
}

/** All at once, but for the first, whose sockets the others connect to. */
async function bootMachines(
  { spec, machine, dir: folder, machines, signal }: ClusterSetup,
  launches: readonly QemuLaunch[],
): Promise<readonly Agent[]> {
  const overlays = join(cacheDir(), "vm");
  mkdirSync(overlays, { recursive: true });
  if (machine.logs !== null) mkdirSync(machine.logs, { recursive: true });
  for (const launch of launches) {
    const log = machine.logs === null ? null : join(machine.logs, `node${launch.index}.console`);
    machines.push(startMachine(launch, overlays, log));
    const [first] = machines;
    if (first?.launch === launch && machine.underlay === "sockets")
      await waitForSockets(first, socketPaths(folder, spec.nodes, machine.nics), signal);
  }
  return Promise.all(machines.map((one) => logIn(one, folder, signal)));
}

function describeNode(agent: Agent, i: number): Node {
  const index = i + 1;
  const addresses = {
    ip: nodeAddress(index),
    ip6: nodeAddress6(index),
    podCidr: nodePodCidr(index),
    podCidr6: nodePodCidr6(index),
  };
  return { name: agent.name, index, ...addresses, shell: agent };
}

/** Folder of the image that cnibench builds. */
export function builtImageDir(): string {
  const recipe = hostRecipe();
  return imageDir(recipe === null ? "none" : recipeHash(recipe));
}

/** Different ports of 127.0.0.1 that were free a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}
