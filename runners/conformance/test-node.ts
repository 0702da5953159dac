/**
 * The surroundings of one test: a node inside the node, fresh each time. It has network, mount and PID namespaces of its
 * own, so what one test leaves behind, links, leases or daemons, is gone with it, and tests can run side by side.
 */
import { CommandError, EnvironmentError } from "../../core/errors.ts";
import { run, succeeded, type Shell } from "../../core/shell.ts";
import { wrapShell } from "../../core/wrap.ts";
import { recordingShell, type Step } from "./recorder.ts";

/** Where the plugins under test run, and where containers are made. */
export interface TestNode {
  /** Inside the fresh node. */
  readonly shell: Shell;
  /** The same for programs under test: their memory is bounded. */
  readonly pluginShell: Shell;
  /** What was done in it so far, in order. */
  readonly steps: readonly Step[];
  /** Where the node's uplink leads: a namespace that knows no way back to containers. */
  readonly outside: Shell;
  /** With its loopback link up, unless that is the plugin's work. */
  createContainer(loopback: "up" | "down"): Promise<TestContainer>;
  /** Those that were created, in order. */
  containers(): readonly TestContainer[];
  /** The container is gone on purpose: nobody looks into it any more. */
  forget(container: TestContainer): void;
  /** Deletes every container with its links, and prepares the node again. @throws CommandError when that fails. */
  reset(): Promise<void>;
  /** Whether it and its containers can still be entered. */
  isIntact(): Promise<boolean>;
  /** Ends everything that runs in it; its namespaces end with that. */
  remove(): Promise<void>;
}

/** A network namespace that a container runtime would have made. */
export interface TestContainer {
  readonly id: string;
  readonly netns: string;
  readonly shell: Shell;
}

/** Addresses of the fresh node's uplink `eth0` and of what is beyond it. */
export const NODE_ADDRESS = "198.18.0.1";
export const OUTSIDE_ADDRESS = "198.18.0.2";

/** Seconds after which a forgotten fresh node ends itself. */
const MAX_LIFETIME_S = 900;

/** Bytes that one execution of a plugin may allocate. What Go reserves and does not use does not count. */
const MAX_PLUGIN_MEMORY_BYTES = 2 ** 30;

/** Without duplicate address detection, an IPv6 address is ready at once and a state read twice is the same. */
const DISABLE_DAD = "for i in all default; do echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad; done";

/** A new network namespace forwards where the first one of the system does, and would hide that a plugin forgets to switch it on. */
const DISABLE_FORWARDING = "echo 0 >/proc/sys/net/ipv4/ip_forward";

/** The node's uplink. Two runs of ip, for a test makes it every time; lines to paste are made of it too. */
export const UPLINK_SCRIPT = `${DISABLE_DAD}
${DISABLE_FORWARDING}
ip netns add outside
printf '%s\\n' "link set lo up" "link add eth0 type veth peer name eth0 netns outside" "addr add ${NODE_ADDRESS}/24 dev eth0" \\
  "link set eth0 up" "route add default via ${OUTSIDE_ADDRESS}" | ip -batch -
printf '%s\\n' "link set lo up" "addr add ${OUTSIDE_ADDRESS}/24 dev eth0" "link set eth0 up" | ip -n outside -batch -`;

/** Runs inside: own /run, /tmp and /var/lib/cni, a copy of /etc/cni, an uplink. */
const INIT_SCRIPT = `set -e
read -r pid _ </proc/self/stat
mount -t proc proc /proc
mount -t tmpfs cnibench /run
mount -t tmpfs cnibench /tmp
mount -t tmpfs cnibench /var/lib/cni
mkdir /tmp/.etc /run/netns
cp -a /etc/cni/. /tmp/.etc
mount --bind /tmp/.etc /etc/cni
mount -t sysfs sysfs /sys
${UPLINK_SCRIPT}
echo "$pid" >&3
exec sleep ${MAX_LIFETIME_S} 3>&-`;

/** Starts it apart from the caller's session and prints its process number once it is ready. */
const START_SCRIPT = `set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkfifo "$dir/ready"
exec 3<>"$dir/ready"
{ setsid unshare --mount --net --pid --fork --kill-child sh -c "$1" || echo failed >&3; } </dev/null >/dev/null 2>"$dir/why" &
read -r pid <&3
[ "$pid" != failed ] || { cat "$dir/why" >&2; exit 1; }
echo "$pid"`;

const ADD_CONTAINER_SCRIPT = `ip netns add "$1"
nsenter --net="/run/netns/$1" sh -c 'ip link set lo '"$2"'; ${DISABLE_DAD}'`;

/** A namespace with its links: the kernel would delete those too, but some time later. */
export const DELETE_CONTAINER_SCRIPT = `ip -n "$1" -o link show | sed 's/^[0-9]*: \\([^@:]*\\).*/\\1/' | while read -r link; do ip -n "$1" link delete dev "$link" 2>/dev/null; done
ip netns delete "$1"`;

/** @throws EnvironmentError when the node allows no namespaces; CommandError when `prepare` (an sh script) fails. */
export async function createTestNode(node: Shell, prepare = ""): Promise<TestNode> {
  const pid = await startNamespaces(node);
  const steps: Step[] = [];
  const bare = wrapShell(node, `test node on ${node.name}`, [
    "nsenter",
    "--target",
    pid,
    "--mount",
    "--net",
    "--pid",
    "--",
  ]);
  const shell = recordingShell(bare, steps);
  const inside = (name: string, label: string): Shell =>
    wrapShell(shell, label, ["nsenter", `--net=/run/netns/${name}`, "--"]);
  const containers: TestContainer[] = [];
  let made = 0;
  const prepareNode = async (): Promise<void> => {
    if (prepare !== "") await run(shell, ["sh", "-ec", prepare]);
  };
  await prepareNode();
  return {
    shell,
    pluginShell: recordingShell(
      wrapShell(bare, bare.name, ["prlimit", `--data=${MAX_PLUGIN_MEMORY_BYTES}`, "--"]),
      steps,
    ),
    steps,
    outside: inside("outside", "outside of the test node"),
    createContainer: async (loopback) => {
      const id = `cnibench-${++made}`;
      await run(shell, ["sh", "-ec", ADD_CONTAINER_SCRIPT, "sh", id, loopback]);
      const container = { id, netns: `/run/netns/${id}`, shell: inside(id, `container ${id}`) };
      containers.push(container);
      return container;
    },
    containers: () => containers,
    forget: (container) => void containers.splice(containers.indexOf(container), 1),
    reset: async () => {
      for (const { id } of containers.splice(0)) await shell.exec(["sh", "-c", DELETE_CONTAINER_SCRIPT, "sh", id]);
      await prepareNode();
    },
    isIntact: async () => {
      const all = await Promise.all(
        [shell, ...containers.map((container) => container.shell)].map((place) => place.exec(["true"])),
      );
      return all.every(succeeded);
    },
    remove: async () => {
      // Its first process: the kernel ends all others of the PID namespace with it.
      await node.exec(["kill", "-KILL", pid]);
    },
  };
}

async function startNamespaces(node: Shell): Promise<string> {
  const output = await node.exec(["sh", "-c", START_SCRIPT, "sh", INIT_SCRIPT]);
  const pid = output.stdout.trim();
  if (succeeded(output) && /^\d+$/.test(pid)) return pid;
  const { message } = new CommandError(output);
  throw new EnvironmentError(
    `no namespaces for a conformance test can be made on ${node.name} (${message.split(": ").at(-1)}); run it where unshare is allowed`,
  );
}
