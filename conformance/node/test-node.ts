/**
 * The node of one test: a new node inside the node, with its own network, mount and PID namespaces. Links, leases
 * and daemons that a test leaves behind are deleted with it, and tests can run in parallel.
 */
import { containerIdOf } from "../../core/container-id.ts";
import { enterShell, type Shell, succeeded } from "../../core/shell.ts";
import { pastStep, recordingShell, type Step } from "./recorder.ts";
import { type NodeScripts, runScript, scriptCommand } from "./profile-script.ts";
import type { ContainerIdentity, Loopback, TestContainer } from "./test-container.ts";
import { createNamespace, startNamespaces, type ContainerNamespace } from "./test-node-process.ts";

/** The state of the loopback link of a new container for a plugin that creates this interface. */
export function loopbackOf({ ifName }: { readonly ifName: string }): Loopback {
  return ifName === "lo" ? "down" : "up";
}

export interface TestNode {
  /** Runs commands on the test node. */
  readonly shell: Shell;
  /** The same with limited memory, for plugins under test. */
  readonly pluginShell: Shell;
  /** Commands that ran on it so far. */
  readonly steps: readonly Step[];
  /** The namespace at the other end of the uplink; it has no routes to containers. */
  readonly outside: Shell;
  /**
   * @param identity default: an ID and a pod as a container runtime creates them
   */
  createContainer(loopback: Loopback, identity?: Partial<ContainerIdentity>): Promise<TestContainer>;
  /** Containers in the order of their creation. */
  containers(): readonly TestContainer[];
  /** Removes a container that the test deleted from {@link containers}. */
  forget(container: TestContainer): void;
  /** Deletes every container with its links, and prepares the node again. @throws CommandError when that fails */
  reset(): Promise<void>;
  /** Whether no command ran on the node since its creation, except those that only observe. */
  isUnused(): boolean;
  /** Whether the node and its containers can still be entered. */
  isIntact(): Promise<boolean>;
  /** Ends all its processes, and with them its namespaces. */
  remove(): Promise<void>;
}

/** Addresses of the uplink `eth0` of the test node and of its other end. */
export const NODE_ADDRESS = "198.18.0.1";
export const OUTSIDE_ADDRESS = "198.18.0.2";

/** Limit for one call of a plugin. Memory that Go reserves without using it does not count. */
const MAX_PLUGIN_MEMORY_BYTES = 2 ** 30;

/**
 * Without duplicate address detection, an IPv6 address is usable at once, and its state does not change on its own.
 */
const DISABLE_DAD = "for i in all default; do echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad; done";

/** New namespaces inherit forwarding from the system, which would hide that a plugin does not enable it. */
const DISABLE_FORWARDING = "for i in ipv4/ip_forward ipv6/conf/all/forwarding; do echo 0 >/proc/sys/net/$i; done";

/** Creates the uplink as uplink.pl does, in lines to reproduce a failure. */
export const UPLINK_SCRIPT = `${DISABLE_DAD}
${DISABLE_FORWARDING}
ip -batch - <<LINES
netns add outside
link set lo up
link add eth0 type veth peer name eth0 netns outside
addr add ${NODE_ADDRESS}/24 dev eth0
link set eth0 up
route add default via ${OUTSIDE_ADDRESS}
LINES
ip -n outside -batch - <<LINES
link set lo up
addr add ${OUTSIDE_ADDRESS}/24 dev eth0
link set eth0 up
LINES`;

/** Directories, in addition to /run, /tmp and /var/tmp, in which plugins keep files and logs. */
export const STATE_DIRS = ["/srv", "/var/lib", "/var/log"] as const;

/** Does in the namespace of a new container what `create_container` in namespaces.pl does, to reproduce a failure. */
const INIT_CONTAINER_SCRIPT = `${DISABLE_DAD}; exec ip link set lo "$1"`;

/** Deletes a namespace and its links; the kernel alone would delete the links with a delay. */
export const DELETE_CONTAINER_SCRIPT = `ip -n "$1" -o link show | sed 's/^[0-9]*: \\([^@:]*\\).*/\\1/' |
  while read -r link; do ip -n "$1" link delete dev "$link" 2>/dev/null; done
ip netns delete "$1"`;

/**
 * @param loopback of a first container, which is created together with the node; default: no container
 * @throws EnvironmentError when the node does not allow namespaces, or `prepare` fails
 */
export async function createTestNode(
  node: Shell,
  { setup = "", prepare = "" }: NodeScripts = {},
  loopback?: Loopback,
): Promise<TestNode> {
  const first = loopback === undefined ? [] : [{ name: nameOf(1), loopback }];
  const { pid, process } = await startNamespaces(node, {
    uplink: [NODE_ADDRESS, OUTSIDE_ADDRESS],
    stateDirs: STATE_DIRS,
    ...(first[0] && { container: first[0] }),
  });
  const steps: Step[] = setup === "" ? [] : [pastStep(scriptCommand(setup))];
  const namespaces = ["pid", "net", "mnt"].map((type) => `/proc/${pid}/ns/${type}`);
  const bare = enterShell(node, `test node on ${node.name}`, { namespaces });
  const limited = enterShell(bare, bare.name, {
    namespaces: [],
    maxMemoryBytes: MAX_PLUGIN_MEMORY_BYTES,
    watchesGroup: true,
  });
  const shell = recordingShell(bare, steps);
  const prepareNode = async (): Promise<void> => {
    await runScript(shell, "prepare", prepare);
  };
  await prepareNode();
  const initialSteps = steps.length;
  const { containers, ...creation } = containersOn(bare, steps, first);
  return {
    shell,
    pluginShell: recordingShell(limited, steps),
    steps,
    outside: namespaceShell(shell, "outside", "outside of the test node"),
    ...creation,
    containers: () => containers,
    forget: (container) => void containers.splice(containers.indexOf(container), 1),
    reset: async () => {
      for (const { name } of containers.splice(0)) await shell.exec(["sh", "-c", DELETE_CONTAINER_SCRIPT, "sh", name]);
      await prepareNode();
    },
    isUnused: () => steps.length === initialSteps,
    isIntact: async () => {
      const shells = [shell, ...containers.map((container) => container.shell)];
      return (await Promise.all(shells.map((one) => one.exec(["true"], { observes: true })))).every(succeeded);
    },
    remove: async () => {
      // The kernel ends all processes of the PID namespace together with its first process.
      process.kill("SIGKILL");
      await process.done;
    },
  };
}

/** Returns the name of a container. @param count its number on the node, from 1 */
function nameOf(count: number): string {
  return `cnibench-${count}`;
}

/** The commands that create the namespace, in the form in which a user can run them. */
function creationSteps({ name, loopback }: ContainerNamespace): Step[] {
  const commands = [
    ["ip", "netns", "add", name],
    ["nsenter", `--net=/run/netns/${name}`, "--", "sh", "-ec", INIT_CONTAINER_SCRIPT, "sh", loopback],
  ];
  return commands.map(pastStep);
}

/** @param unused containers that exist, but that no test uses yet: their creation is not recorded */
function containersOn(
  bare: Shell,
  steps: Step[],
  unused: ContainerNamespace[],
): Pick<TestNode, "createContainer"> & { readonly containers: TestContainer[] } {
  const containers: TestContainer[] = [];
  const shell = recordingShell(bare, steps);
  let count = unused.length;
  return {
    containers,
    createContainer: async (loopback, identity = {}) => {
      const ready = unused.findIndex((one) => one.loopback === loopback);
      const [existing] = unused.splice(ready, ready === -1 ? 0 : 1);
      const namespace = existing ?? { name: nameOf(++count), loopback };
      if (existing === undefined) await createNamespace(bare, namespace);
      steps.push(...creationSteps(namespace));
      const { name } = namespace;
      const container = {
        name,
        id: containerIdOf(name),
        podName: name,
        ...identity,
        netns: `/run/netns/${name}`,
        shell: namespaceShell(shell, name, `container ${name}`),
      };
      containers.push(container);
      return container;
    },
  };
}

function namespaceShell(shell: Shell, namespace: string, name: string): Shell {
  return enterShell(shell, name, { namespaces: [`/run/netns/${namespace}`] });
}
