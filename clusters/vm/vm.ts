/**
 * The `vm` cluster: nodes are QEMU virtual machines with separate kernels, on any Linux host and without root. They end
 * with cnibench. Changes to their disks are in unlinked files on this host, which disappear with them.
 */
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { EnvironmentError, formatProblem } from "../../core/errors.ts";
import type { Agent } from "../../core/agent/agent.ts";
import { UNDERLAY_INTERFACE, type BareNode } from "../../core/model.ts";
import type { Host } from "../../core/host.ts";
import { makeTempDir, removeStaleTempDirs } from "../../core/temp-dir.ts";
import { cacheDir, findTool } from "../../tools/index.ts";
import type { BareCluster, ClusterSpec } from "../cluster.ts";
import type { ClusterKind, SetupOptions } from "../cluster-kind.ts";
import { nodeAddress, nodeAddress6, nodePodCidr, nodePodCidr6, POD_CIDR, POD_CIDR6 } from "../nodes/addresses.ts";
import { setForwarding } from "../nodes/forwarding.ts";
import { createSandbox } from "../nodes/sandbox.ts";
import { shapeUnderlay } from "../nodes/shaping.ts";
import { probeAcceleration, type AccelerationResult } from "./acceleration.ts";
import { buildImage, hostRecipe } from "./build.ts";
import { createBridges, type Bridges } from "./bridges.ts";
import { checkMachines } from "./prerequisites.ts";
import { killOrphans, machineLabel } from "./clean.ts";
import { createFileCopier } from "./files.ts";
import { chooseImage, imageDir, kernelForKvmProbe } from "./image.ts";
import { socketPaths, type QemuLaunch } from "./qemu-command.ts";
import { nodeCpus } from "./node-cpus.ts";
import { killMachines, waitForSockets, logIn, startMachine, type Machine } from "./node.ts";
import { DEFAULT_MACHINE, vmOptions, type MachineOptions, type VmSetupFlags } from "./options.ts";
import { platformOf } from "./platform.ts";
import { recipeHash } from "./recipe.ts";
import { createSeed, createUserKey } from "./seed.ts";
import { ENTER_NODE_NETWORK, sshArgv } from "./ssh.ts";

/** A cluster of virtual machines to create. */
export interface VmSpec extends ClusterSpec {
  readonly options?: MachineOptions;
}

export interface VmSetup extends SetupOptions {
  readonly flags?: VmSetupFlags;
}

export const vm = {
  name: "vm",
  summary: "QEMU virtual machines with separate kernels: no root; fast with KVM, slow but accurate without",
  api: "bare",
  maxNodes: 16,
  tools: ["qemu", "ssh"],
  nodesHaveTools: true,
  deploySeconds: 30,
  inspection: "first-deployment",
  options: vmOptions,
  check: (host: Host, spec?: VmSpec) =>
    checkMachines(host, spec?.nodes ?? 2, spec?.options ?? DEFAULT_MACHINE, builtImageDir(host)),
  isEmulated: async (host: Host, { options = DEFAULT_MACHINE }: VmSpec) =>
    (await accelerationOf(host, options)).acceleration === "tcg",
  describePerformance,
  setup,
  clean: () => Promise.resolve(killOrphans()),
  create: async (host: Host, spec: VmSpec): Promise<BareCluster> => {
    const { nodes, options = DEFAULT_MACHINE, spareLinks = 0 } = spec;
    const machine = { ...options, nics: Math.max(options.nics, 1 + spareLinks) };
    const [problem] = await checkMachines(host, nodes, machine, builtImageDir(host));
    if (problem !== undefined) throw new EnvironmentError(formatProblem(problem));
    removeStaleTempDirs(host);
    const dir = makeTempDir(host, "vm");
    const machines: Machine[] = [];
    let bridges: Bridges | null = null;
    const stop = async (): Promise<void> => {
      await killMachines(machines);
      await bridges?.close();
      rmSync(dir, { recursive: true, force: true });
    };
    try {
      const layout = { nodes, nics: machine.nics, mtu: spec.underlayMtu };
      if (machine.underlay === "tap") bridges = await createBridges(host, dir, layout);
      const enterCommand = bridges?.enterCommand ?? [];
      return await bootCluster(host, { spec, machine, dir, enterCommand, machines, stop });
    } catch (error) {
      await stop();
      throw error;
    }
  },
} as const satisfies ClusterKind;

/** A cluster during its creation. */
interface ClusterSetup {
  readonly spec: ClusterSpec;
  readonly machine: MachineOptions;
  /** Directory for the keys, seeds and sockets of the cluster. */
  readonly dir: string;
  /** See {@link QemuLaunch}. */
  readonly enterCommand: readonly string[];
  /** Collects the machines that have been started. */
  readonly machines: Machine[];
  readonly stop: () => Promise<void>;
}

/** Boots the machines and configures the network between them. */
async function bootCluster(host: Host, setup: ClusterSetup): Promise<BareCluster> {
  const { spec, dir, enterCommand, machines, stop } = setup;
  const launches = await prepareLaunches(host, setup);
  const agents = await bootMachines(host, setup, launches);
  await Promise.all(agents.map(setForwarding));
  await Promise.all(agents.map((agent) => shapeUnderlay(agent, [UNDERLAY_INTERFACE], spec)));
  host.signal.throwIfAborted();
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
      ...{ sameHost: true, emulated, cpuAccounting: "machine" },
    },
    nodes: agents.map(describeNode),
    cpus: nodeCpus(agents, { cpus: setup.machine.cpus, emulated }),
    podCidr: POD_CIDR,
    podCidr6: POD_CIDR6,
    enterCommand: ({ name, index }) => {
      const [ssh = "", ...rest] = sshArgv(dir, name, machines[index - 1]?.launch.port ?? 0);
      return [...enterCommand, ssh, "-t", ...rest, ...ENTER_NODE_NETWORK];
    },
    putFiles: createFileCopier(),
    createSandbox,
    [Symbol.asyncDispose]: stop,
  };
}

/** Builds the image of the nodes, unless the user has one. */
async function setup(host: Host, { flags = {}, ...options }: VmSetup): Promise<string> {
  const { vmImage, vmArchive } = flags;
  if (vmImage !== undefined) return `the VM nodes use ${vmImage}`;
  return buildImage(host, { ...options, ...(vmArchive === undefined ? {} : { archiveUrl: vmArchive }) });
}

async function describePerformance(host: Host): Promise<string> {
  const { acceleration, why } = await accelerationOf(host, DEFAULT_MACHINE);
  if (acceleration === "kvm") return "VM nodes run under KVM: near the speed of this host, except for virtio overhead";
  return (
    `VM nodes are emulated in software, because ${why}: verdicts are valid, ` +
    "but expect about a twentieth of the speed, and no ranking of numbers"
  );
}

/** Determines the acceleration on this host. */
function accelerationOf(host: Host, machine: MachineOptions): Promise<AccelerationResult> {
  const platform = platformOf();
  const qemu = findTool(host, platform.qemu) ?? platform.qemu;
  return probeAcceleration(host, { platform, qemu, kernel: kernelForKvmProbe(machine, builtImageDir(host)) });
}

/** Creates the keys and seeds, and returns what each machine is started with. */
async function prepareLaunches(host: Host, setup: ClusterSetup): Promise<readonly QemuLaunch[]> {
  const { spec, machine, dir, enterCommand } = setup;
  const platform = platformOf();
  const image = await chooseImage(host, machine, builtImageDir(host));
  const { acceleration } = await accelerationOf(host, machine);
  await createUserKey(host, dir);
  const shared = { nodes: spec.nodes, platform, acceleration, image, machine, socketDir: dir, enterCommand };
  const launches: QemuLaunch[] = [];
  for (const [i, port] of (await freePorts(spec.nodes)).entries()) {
    const index = i + 1;
    const seed = await createSeed(host, dir, index, { nics: machine.nics, mtu: spec.underlayMtu });
    launches.push({ ...shared, label: machineLabel(index), index, seed, port });
  }
  return launches;
}

/** Boots all machines in parallel, except that the first must listen on its sockets before the others start. */
async function bootMachines(
  host: Host,
  { spec, machine, dir, machines }: ClusterSetup,
  launches: readonly QemuLaunch[],
): Promise<readonly Agent[]> {
  const overlays = join(cacheDir(host), "vm");
  mkdirSync(overlays, { recursive: true });
  if (spec.logs !== undefined) mkdirSync(spec.logs, { recursive: true });
  for (const launch of launches) {
    const log = spec.logs === undefined ? null : join(spec.logs, `node${launch.index}.console`);
    machines.push(startMachine(host, launch, overlays, log));
    const [first] = machines;
    if (first?.launch === launch && machine.underlay === "sockets")
      await waitForSockets(host, first, socketPaths(dir, spec.nodes, machine.nics));
  }
  return Promise.all(machines.map((one) => logIn(host, one, dir)));
}

function describeNode(agent: Agent, i: number): BareNode {
  const index = i + 1;
  const addresses = {
    ip: nodeAddress(index),
    ip6: nodeAddress6(index),
    podCidr: nodePodCidr(index),
    podCidr6: nodePodCidr6(index),
  };
  return { name: agent.name, index, ...addresses, shell: agent };
}

/** Returns the directory of the image that cnibench builds for this host. */
export function builtImageDir(host: Host): string {
  const recipe = hostRecipe(host);
  return imageDir(host, recipe === null ? "none" : recipeHash(recipe));
}

/** Returns different ports of 127.0.0.1 that were free just before. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}
