/** One node: a QEMU process, and an agent over an SSH connection. */
import { existsSync } from "node:fs";
import { Agent, type AgentTransport } from "../../core/agent/agent.ts";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { startStreaming, type StreamingProcess } from "../../core/local.ts";
import { quoteArgv } from "../../core/text.ts";
import { poll, within } from "../../core/wait.ts";
import { toolPath } from "../../tools/index.ts";
import { Console } from "./console.ts";
import { qemuArgv, type QemuLaunch } from "./qemu-command.ts";
import { ENTER_NODE_NETWORK, sshArgv } from "./ssh.ts";

/** Seconds from the start of QEMU until its sockets exist, before anything boots. */
const LISTEN_TIMEOUT_S = 30;
const LISTEN_INTERVAL_S = 0.01;
/** Seconds from the start of QEMU until the node prints the ready marker. */
const BOOT_TIMEOUT_S = { kvm: 90, tcg: 300 } as const;
/** Seconds for the agent to answer after the node is ready. */
const LOGIN_TIMEOUT_S = { kvm: 20, tcg: 90 } as const;
/** Seconds that cnibench waits for QEMU to exit after the connection is lost, to report the cause. */
const EXIT_GRACE_S = 1;
const READY_MARKER = "cnibench: node is ready";
const NODE_ENV_VARS = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C" };

/** A started machine, which may still be booting. */
export interface Machine {
  readonly launch: QemuLaunch;
  readonly name: string;
  readonly console: Console;
  readonly qemu: StreamingProcess;
  /** Resolves with the error output of QEMU when it exits. */
  readonly exited: Promise<string>;
}

/**
 * Starts the QEMU process of a node.
 * @param overlays directory for the changes to the node's disk
 * @param log file for its console; null: do not save it
 */
export function startMachine(host: Host, launch: QemuLaunch, overlays: string, log: string | null): Machine {
  const console = new Console(log, READY_MARKER);
  const qemu = startStreaming(qemuArgv(launch), { PATH: toolPath(host).join(":"), TMPDIR: overlays, LC_ALL: "C" });
  qemu.onData((chunk) => console.push(chunk));
  const exited = new Promise<string>((resolve) => qemu.onEnd(resolve));
  void exited.then(() => console.close());
  return { launch, name: `node${launch.index}`, console, qemu, exited };
}

/**
 * Waits until the first machine listens on the sockets of the other machines.
 * @throws EnvironmentError; the signal's reason
 */
export async function waitForSockets(
  { signal, clock }: Pick<Host, "signal" | "clock">,
  first: Machine,
  sockets: readonly string[],
): Promise<void> {
  const state: { output?: string } = {};
  void first.exited.then((output) => (state.output = output));
  const check = (): boolean => {
    if (sockets.every((socket) => existsSync(socket))) return true;
    if (state.output !== undefined) throw earlyExitError(first, state.output);
    return false;
  };
  const options = { timeout: LISTEN_TIMEOUT_S, every: LISTEN_INTERVAL_S, signal, clock };
  if ((await poll(check, options)) !== null) return;
  throw new EnvironmentError(
    `the QEMU process of ${first.name} did not listen within ${LISTEN_TIMEOUT_S} s; ` +
      "try again when this host is less busy",
  );
}

/** Waits until a machine has booted. @returns its agent. @throws EnvironmentError; the signal's reason */
export async function logIn(host: Host, machine: Machine, keys: string): Promise<Agent> {
  const { launch, name, console } = machine;
  const bootTimeout = BOOT_TIMEOUT_S[launch.acceleration];
  const exitedEarly = machine.exited.then((output) => Promise.reject(earlyExitError(machine, output)));
  exitedEarly.catch(() => undefined);
  host.signal.throwIfAborted();
  await within(
    bootTimeout,
    Promise.race([console.markerSeen, exitedEarly]),
    () => `${name} did not boot within ${bootTimeout} s; ${console.describeLastLines()}`,
    host,
  );
  const agent = startSshAgent(host, machine, keys);
  const loginTimeout = LOGIN_TIMEOUT_S[launch.acceleration];
  await within(
    loginTimeout,
    Promise.race([agent.hello, exitedEarly]),
    () => `${name} booted, but SSH did not answer within ${loginTimeout} s; ${console.describeLastLines()}`,
    host,
  );
  return agent;
}

/** Starts the agent in the network namespace of the node, over one persistent connection. */
function startSshAgent(host: Host, machine: Machine, keys: string): Agent {
  const { launch, name, console, exited } = machine;
  const agentCommand = quoteArgv(["exec", ...ENTER_NODE_NETWORK, "perl", "/run/cnibench/agent.pl"]);
  const ssh = startStreaming([...launch.enterCommand, ...sshArgv(keys, name, launch.port), agentCommand], {
    PATH: toolPath(host).join(":"),
    LC_ALL: "C",
  });
  void exited.then(() => ssh.kill("SIGKILL"));
  const explain = async (stderr: string): Promise<string> => {
    const stopped = await Promise.race([exited.then(() => true), host.clock.sleep(EXIT_GRACE_S).then(() => false)]);
    const reason = stopped ? "the machine has stopped" : lastLine(stderr) || "the connection was lost";
    return `${reason}; ${console.describeLastLines()}`;
  };
  const transport: AgentTransport = {
    ...ssh,
    onEnd: (listener) => ssh.onEnd((stderr) => void explain(stderr).then(listener)),
    explainSilence: () => console.describeLastLines(),
  };
  return new Agent(name, NODE_ENV_VARS, transport);
}

/** Kills the machines without a shutdown, because they are disposable. */
export async function killMachines(machines: readonly Machine[]): Promise<void> {
  for (const { qemu } of machines) qemu.kill("SIGKILL");
  await Promise.all(machines.map(({ exited }) => exited));
}

function earlyExitError({ launch, name, console }: Machine, qemuOutput: string): EnvironmentError {
  if (/Could not set up host forwarding/.test(qemuOutput))
    return new EnvironmentError(
      `port ${launch.port} on 127.0.0.1 was taken by another process before ${name} could use it; try again`,
    );
  if (/Cannot allocate memory|cannot set up guest memory/.test(qemuOutput))
    return new EnvironmentError(
      `not enough memory for ${name} on this host; use a smaller --vm-memory or fewer --nodes`,
    );
  const reason = lastLine(qemuOutput.replace(/^.*hub \d+ is not connected.*$/gm, ""));
  const detail = reason === "" ? "" : ` (${reason})`;
  return new EnvironmentError(`${name} stopped while booting${detail}; ${console.describeLastLines()}`);
}
