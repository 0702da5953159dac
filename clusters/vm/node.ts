/** One node: a QEMU process, and an agent that an ssh connection carries. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type AgentTransport } from "../../core/agent/agent.ts";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import { startStreaming, type StreamingProcess } from "../../core/local.ts";
import { quoteArgv } from "../../core/quote.ts";
import { toolPath } from "../../core/tools/find.ts";
import { Console } from "./console.ts";
import { qemuArgv, type QemuLaunch } from "./qemu-command.ts";
import { ENTER_NODE_NETWORK, sshArgv } from "./ssh.ts";

/** Seconds from the start of QEMU to its sockets: nothing has booted by then. */
const LISTEN_TIMEOUT_S = 30;
/** Seconds from the start of QEMU to the node's word that it is ready. */
const BOOT_TIMEOUT_S = { kvm: 90, tcg: 300 } as const;
/** Seconds for the agent to answer then. */
const LOGIN_TIMEOUT_S = { kvm: 20, tcg: 90 } as const;
/** Seconds that a lost connection waits for the machine's own end, which explains it. */
const EXIT_GRACE_S = 1;
const READY_MARKER = "cnibench: node is ready";
const NODE_ENV_VARS = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C" };

/** A started machine, which may not have booted yet. */
export interface Machine {
  readonly launch: QemuLaunch;
  readonly name: string;
  readonly console: Console;
  readonly qemu: StreamingProcess;
  /** Resolves with what QEMU said, when it has ended. */
  readonly exited: Promise<string>;
}

/** @param overlays folder for what the node writes to its disk. @param log file of its console; null: it is not kept. */
export function startMachine(launch: QemuLaunch, overlays: string, log: string | null): Machine {
  const console = new Console(log, READY_MARKER);
  const qemu = startStreaming(qemuArgv(launch), { PATH: toolPath().join(":"), TMPDIR: overlays, LC_ALL: "C" });
  qemu.onData((chunk) => console.push(chunk));
  const ended = new Promise<string>((resolve) => qemu.onEnd(resolve));
  void ended.then(() => console.close());
  return { launch, name: `node${launch.index}`, console, qemu, exited: ended };
}

/** Waits until the first machine listens at the sockets that the others connect to. @throws EnvironmentError; the signal's reason. */
export async function waitForSockets(
  first: Machine,
  sockets: readonly string[],
  signal: AbortSignal,
  limit = LISTEN_TIMEOUT_S,
): Promise<void> {
  const state: { output?: string } = {};
  void first.exited.then((said) => (state.output = said));
  const deadline = performance.now() + limit * 1000;
  while (!sockets.every((socket) => existsSync(socket))) {
    signal.throwIfAborted();
    if (state.output !== undefined) throw earlyExitError(first, state.output);
    if (performance.now() > deadline)
      throw new EnvironmentError(
        `the QEMU of ${first.name} does not listen for the other nodes within ${limit} s; try again when this machine has less to do`,
      );
    await sleep(10);
  }
}

/** @returns the agent of a machine that has booted. @throws EnvironmentError; the signal's reason. */
export async function logIn(machine: Machine, keys: string, signal: AbortSignal): Promise<Agent> {
  const { launch, name, console, exited: ended } = machine;
  const limit = BOOT_TIMEOUT_S[launch.acceleration];
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
  aborted.catch(() => undefined);
  const exitedEarly = ended.then((said) => Promise.reject(earlyExitError(machine, said)));
  exitedEarly.catch(() => undefined);
  signal.throwIfAborted();
  await Promise.race([
    console.markerSeen,
    exitedEarly,
    aborted,
    rejectAfter(limit, () => `${name} did not boot within ${limit} s; ${console.describeLastLines()}`),
  ]);
  const agent = startSshAgent(machine, keys);
  const loginLimit = LOGIN_TIMEOUT_S[launch.acceleration];
  await Promise.race([
    agent.hello,
    exitedEarly,
    aborted,
    rejectAfter(
      loginLimit,
      () => `${name} has booted but ssh does not answer within ${loginLimit} s; ${console.describeLastLines()}`,
    ),
  ]);
  return agent;
}

/** The agent in the node's own network, over one connection that stays open. */
function startSshAgent(machine: Machine, keys: string): Agent {
  const { launch, name, console, exited: ended } = machine;
  const ssh = startStreaming(
    [
      ...launch.enterCommand,
      ...sshArgv(keys, name, launch.port),
      quoteArgv(["exec", ...ENTER_NODE_NETWORK, "perl", "/run/cnibench/agent.pl"]),
    ],
    {
      PATH: toolPath().join(":"),
      LC_ALL: "C",
    },
  );
  void ended.then(() => ssh.kill("SIGKILL"));
  const explain = async (stderr: string): Promise<string> => {
    const stopped = await Promise.race([ended.then(() => true), sleep(EXIT_GRACE_S * 1000, false)]);
    return `${stopped ? "the machine has stopped" : lastLine(stderr) || "the connection was lost"}; ${console.describeLastLines()}`;
  };
  const transport: AgentTransport = {
    ...ssh,
    onEnd: (listener) => ssh.onEnd((said) => void explain(said).then(listener)),
    explainSilence: () => console.describeLastLines(),
  };
  return new Agent(name, NODE_ENV_VARS, transport);
}

/** Nothing of the machine is worth a shutdown. */
export async function killMachines(machines: readonly Machine[]): Promise<void> {
  for (const { qemu } of machines) qemu.kill("SIGKILL");
  await Promise.all(machines.map(({ exited: ended }) => ended));
}

function earlyExitError({ launch, name, console }: Machine, qemuOutput: string): EnvironmentError {
  if (/Could not set up host forwarding/.test(qemuOutput))
    return new EnvironmentError(
      `another program took port ${launch.port} of 127.0.0.1 just before ${name} could; try again`,
    );
  if (/Cannot allocate memory|cannot set up guest memory/.test(qemuOutput))
    return new EnvironmentError(`this machine has no memory for ${name}; ask for less with --vm-memory or --nodes`);
  const words = lastLine(qemuOutput.replace(/^.*hub \d+ is not connected.*$/gm, ""));
  return new EnvironmentError(
    `${name} stopped while it booted${words === "" ? "" : ` (${words})`}; ${console.describeLastLines()}`,
  );
}

async function rejectAfter(seconds: number, message: () => string): Promise<never> {
  await sleep(seconds * 1000, undefined, { ref: false });
  throw new EnvironmentError(message());
}
