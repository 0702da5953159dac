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
import { probeAcceleration, type Verdict } from "./acceleration.ts";
import { buildImage, recipeHere } from "./build.ts";
import { makeBridges, type Bridges } from "./bridges.ts";
import { checkMachines } from "./check.ts";
import { cleanMachines, labelOf, removeFolders } from "./clean.ts";
import { fileCopier } from "./files.ts";
import { chooseImage, imageFolder, stockKernel } from "./image.ts";
import { socketsOf, type Launch } from "./launch.ts";
import { endMachines, listening, logIn, startMachine, type Machine } from "./node.ts";
import { platformOf } from "./platform.ts";
import { recipeHash } from "./recipe.ts";
import { makeSeed, makeUserKey } from "./seed.ts";
import { ENTER, sshArgv } from "./ssh.ts";

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
  seconds: 30,
  check: (spec) =>
    checkMachines(spec ?? { nodes: 2, underlayMtu: 1500 }, spec?.machine ?? DEFAULT_MACHINE, builtImage()),
  emulates: async ({ machine = DEFAULT_MACHINE }: ClusterSpec, signal: AbortSignal) =>
    (await accelerationOf(machine, signal)).acceleration === "tcg",
  outlook,
  setup: buildImage,
  clean: () => Promise.resolve(cleanMachines()),
  create: async (spec: ClusterSpec, signal: AbortSignal): Promise<BareCluster> => {
    const wanted = spec.machine ?? DEFAULT_MACHINE;
    const machine = { ...wanted, nics: Math.max(wanted.nics, 1 + (spec.spareLinks ?? 0)) };
    const [problem] = await checkMachines(spec, machine, builtImage());
    if (problem !== undefined)
      throw new EnvironmentError(`${problem.message}${problem.fix === undefined ? "" : `; fix: ${problem.fix}`}`);
    removeFolders();
    const folder = mkdtempSync(join(tmpdir(), labelOf(process.pid))); // for its owner only
    const machines: Machine[] = [];
    let bridges: Bridges | null = null;
    const end = async (): Promise<void> => {
      await endMachines(machines);
      await bridges?.close();
      rmSync(folder, { recursive: true, force: true });
    };
    try {
      if (machine.underlay === "tap")
        bridges = await makeBridges(folder, spec.nodes, machine.nics, spec.underlayMtu, signal);
      return await bringUp({ spec, machine, folder, enter: bridges?.enter ?? [], machines, signal, end });
    } catch (error) {
      await end();
      throw error;
    }
  },
} as const satisfies ClusterKind;

interface Making {
  readonly spec: ClusterSpec;
  readonly machine: MachineSpec;
  readonly folder: string;
  /** As of {@link Launch}. */
  readonly enter: readonly string[];
  /** Filled with what was started. */
  readonly machines: Machine[];
  readonly signal: AbortSignal;
  readonly end: () => Promise<void>;
}

async function bringUp(making: Making): Promise<BareCluster> {
  const { spec, folder, enter, machines, signal, end } = making;
  const launches = await prepare(making);
  const agents = await boot(making, launches);
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
    nodes: agents.map(nodeOf),
    podCidr: POD_CIDR,
    podCidr6: POD_CIDR6,
    enter: ({ name, index }) => {
      const [ssh = "", ...rest] = sshArgv(folder, name, machines[index - 1]?.launch.port ?? 0);
      return [...enter, ssh, "-t", ...rest, ...ENTER];
    },
    putFiles: fileCopier(),
    createSandbox,
    [Symbol.asyncDispose]: end,
  };
}

async function outlook(): Promise<string> {
  const { acceleration, why } = await accelerationOf(DEFAULT_MACHINE);
  if (acceleration === "kvm") return "VM nodes run under KVM: near the speed of this machine, less what virtio costs";
  return `VM nodes are emulated in software, because ${why}: verdicts stand, but expect a twentieth of the speed, and numbers that are never ranked`;
}

function accelerationOf(machine: MachineSpec, signal?: AbortSignal): Promise<Verdict> {
  const platform = platformOf();
  return probeAcceleration(
    platform,
    findTool(platform.qemu) ?? platform.qemu,
    stockKernel(machine, builtImage()),
    signal && { signal },
  );
}

/** Everything that the machines are started with. */
async function prepare({ spec, machine, folder, enter, signal }: Making): Promise<readonly Launch[]> {
  const platform = platformOf();
  const image = await chooseImage(machine, builtImage());
  const { acceleration } = await accelerationOf(machine, signal);
  await makeUserKey(folder);
  const launches: Launch[] = [];
  for (const [i, port] of (await freePorts(spec.nodes)).entries()) {
    const index = i + 1;
    const seed = await makeSeed(folder, index, machine.nics, spec.underlayMtu);
    const label = `${labelOf(process.pid)}node${index}`;
    launches.push({
      label,
      index,
      nodes: spec.nodes,
      platform,
      acceleration,
      image,
      machine,
      seed,
      folder,
      enter,
      port,
    });
  }
  return launches;
}

/** All at once, but for the first, whose sockets the others connect to. */
async function boot(
  { spec, machine, folder, machines, signal }: Making,
  launches: readonly Launch[],
): Promise<readonly Agent[]> {
  const overlays = join(cacheDir(), "vm");
  mkdirSync(overlays, { recursive: true });
  if (machine.logs !== null) mkdirSync(machine.logs, { recursive: true });
  for (const launch of launches) {
    const log = machine.logs === null ? null : join(machine.logs, `node${launch.index}.console`);
    machines.push(startMachine(launch, overlays, log));
    const [first] = machines;
    if (first?.launch === launch && machine.underlay === "sockets")
      await listening(first, socketsOf(folder, spec.nodes, machine.nics), signal);
  }
  return Promise.all(machines.map((one) => logIn(one, folder, signal)));
}

function nodeOf(agent: Agent, i: number): Node {
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
export function builtImage(): string {
  const recipe = recipeHere();
  return imageFolder(recipe === null ? "none" : recipeHash(recipe));
}

/** Different ports of 127.0.0.1 that were free a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}
