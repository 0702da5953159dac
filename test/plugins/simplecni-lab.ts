/** A node for one test: user, network, mount and PID namespaces around the plugin, which end when stdin is closed. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect } from "vitest";

export const PLUGIN = fileURLToPath(new URL("../../plugins/simplecni/simplecni", import.meta.url));
export const LEASES = "/var/lib/cni/simplecni";
export const IPAM_CONFIG = "/etc/cni/ipam.config";
export const RANGE = { Subnet: "10.244.1.0", SubnetPrefix: "10.244.1.", Gateway: "10.244.1.1", IPIndex: "1" };
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** Exit code and output of the plugin. `json` is undefined if stdout was empty. */
export interface Answer {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly json: Record<string, unknown> | undefined;
}

export interface Call {
  readonly id?: string;
  readonly netns?: string;
  readonly ifname?: string;
  /** Replaces or adds keys of the configuration; undefined removes one. */
  readonly conf?: Record<string, unknown>;
  /** Replaces the entire standard input. */
  readonly stdin?: string;
  readonly env?: Record<string, string | undefined>;
}

export function config(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    cniVersion: "1.1.0",
    name: "simplecni",
    type: "simplecni",
    bridge: "simplecni0",
    subnet: "10.244.0.0/16",
    ...changes,
  };
}

export interface Lab {
  /** Runs a bash script on the node and returns its output; throws if it fails. */
  sh(script: string): Promise<string>;
  /** Runs a bash script like {@link sh}, with the path of the plugin in $0. */
  plugin(script: string): Promise<string>;
  /** Runs the plugin on the node. Default: container c1, eth0 in /run/netns/c1, with {@link config}. */
  cni(command: string, call?: Call): Promise<Answer>;
  /** Runs ADD, which must succeed, and returns its result. */
  add(call?: Call): Promise<Record<string, unknown>>;
  /** Returns the lease files of all networks as `./network/address`, sorted. */
  leases(): Promise<string[]>;
  /**
   * Returns the state that a no-op must not change: links, addresses, routes, leases and ip_forward of all
   * namespaces.
   */
  state(): Promise<string>;
  /** Starts the plugin, sends SIGKILL after the given seconds and waits for its exit. */
  kill(command: string, after: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const SETUP = `
set -e
for dir in /run /var/lib /etc; do mount -t tmpfs tmpfs $dir; done
mkdir /etc/cni
printf %s '${JSON.stringify(RANGE)}' > ${IPAM_CONFIG}
ip link set lo up
for name in c1 c2; do ip netns add $name; done
echo ready
exec cat`;

/** Creates a fresh lab for every test of a file. Returns a function that returns the current lab. */
export function useLab(): () => Lab {
  let lab: Lab | undefined;
  beforeEach(async () => {
    lab = await startLab();
  });
  afterEach(async () => lab?.[Symbol.asyncDispose]());
  return () => {
    if (lab === undefined) throw new Error("lab() was called outside a test");
    return lab;
  };
}

/** Asserts an error object with this code and a message that contains this text. */
export function expectRefused(answer: Answer, code: number, text = ""): void {
  expect(answer.json, answer.stdout).toMatchObject({ code });
  expect(answer.code).toBe(1);
  expect(answer.json?.["msg"]).toContain(text);
}

/** Starts a node with two empty pods, c1 and c2. */
async function startLab(): Promise<Lab> {
  const namespaces = [
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
  ];
  const init = execa("unshare", [...namespaces, "bash", "-c", SETUP], { env: { PATH }, reject: false });
  await new Promise<void>((resolve, reject) => {
    init.stdout.once("data", () => resolve());
    void init.then((end) => reject(new Error(`the lab did not start: ${end.stderr}`)));
  });
  const pid = (await readFile(`/proc/${init.pid}/task/${init.pid}/children`, "utf8")).trim();
  const enter = ["--preserve-credentials", "--user", "--net", "--mount", "--pid", `--target=${pid}`, "--"];

  const sh = async (script: string): Promise<string> =>
    (await execa("nsenter", [...enter, "bash", "-euc", script], { env: { PATH }, stdin: "ignore" })).stdout;

  const start = (command: string, call: Call, plugin: readonly string[]) =>
    execa("nsenter", [...enter, ...plugin], {
      extendEnv: false,
      reject: false,
      input: call.stdin ?? JSON.stringify(config(call.conf)),
      env: {
        PATH,
        CNI_COMMAND: command,
        CNI_CONTAINERID: call.id ?? "c1",
        CNI_NETNS: call.netns ?? "/run/netns/c1",
        CNI_IFNAME: call.ifname ?? "eth0",
        ...call.env,
      },
    });

  const cni = async (command: string, call: Call = {}): Promise<Answer> => {
    const { exitCode, stdout } = await start(command, call, [PLUGIN]);
    return {
      code: exitCode,
      stdout,
      json: stdout === "" ? undefined : (JSON.parse(stdout) as Record<string, unknown>),
    };
  };

  return {
    sh,
    plugin: async (script) =>
      (await execa("nsenter", [...enter, "bash", "-c", script, PLUGIN], { env: { PATH }, stdin: "ignore" })).stdout,
    cni,
    add: async (call) => {
      const answer = await cni("ADD", call);
      expect(answer, answer.stdout).toMatchObject({ code: 0 });
      return answer.json ?? {};
    },
    leases: async () => (await sh(`cd ${LEASES} && find . -name '10.*' | sort -V`)).split("\n").filter(Boolean),
    // Without carrier and IPv6 link-local addresses, which the kernel updates asynchronously.
    state: () =>
      sh(`print_state() { { ip link; ip -4 addr; ip -4 route show table all; cat /proc/sys/net/ipv4/ip_forward; } |
            sed -E 's/ state [A-Z]+|NO-CARRIER,|,LOWER_UP| linkdown//g; s/valid_lft.*//'; }
          export -f print_state; print_state; for name in /run/netns/*; do nsenter --net=$name bash -c print_state; done
          find /var/lib /etc -type f ! -name .lock ! -name ipam.config -exec grep -H . {} + || true`),
    kill: async (command, after) => {
      await start(command, {}, ["timeout", "--signal=KILL", String(after), PLUGIN]);
    },
    [Symbol.asyncDispose]: async () => {
      init.stdin.end();
      await init;
    },
  };
}
