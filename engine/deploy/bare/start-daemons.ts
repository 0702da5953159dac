/** Starts the daemons of a plugin on bare nodes in order, watches them while the plugin is measured, and stops them. */
import { EnvironmentError, printable } from "../../../core/errors.ts";
import type { Host } from "../../../core/host.ts";
import { describeEnd } from "../../../core/shell.ts";
import { quoteArgv } from "../../../core/text.ts";
import type { BareNode, Node } from "../../../core/model.ts";
import { run, succeeded, type Output, type Process } from "../../../core/shell.ts";
import { poll } from "../../../core/wait.ts";
import type { Daemon, DaemonContext } from "../../../plugins/index.ts";
import type { NodeDaemons } from "../../../runners/index.ts";
import { processesOfSessions } from "../daemon-processes.ts";
import { NO_DAEMONS, type Daemons, type StoreLog } from "../live-deployment.ts";

/** Time within which a daemon must become ready. */
const READY_TIMEOUT_S = 30;
const READY_INTERVAL_S = 0.05;
/** Time limit of one readiness command, so that a hanging one does not use up the time of the daemon. */
const READINESS_COMMAND_TIMEOUT_S = 5;
/** The log of a daemon keeps this many bytes from its end. */
const MAX_LOG_BYTES = 65536;
/** Number of log lines that an error quotes. */
const MAX_ERROR_LINES = 5;
/** Directory on a node with a PID file for each of its daemons. */
const PID_DIR = "/run/cnibench-daemons";

/**
 * Starts a daemon and keeps the end of its output. The shell executes the daemon in its own process, so the PID and the
 * session ID of the shell are those of the daemon. `tail` runs in another session, outlives the daemon, and prints
 * nothing before its end.
 * Arguments: directory, name, bytes, command.
 */
const LAUNCH_SCRIPT = `
mkdir -p "$1"
echo $$ >"$1/$2"
exec > >(exec setsid tail -c "$3") 2>&1
shift 3
exec "$@"`;

/** Prints the input of {@link processesOfSessions}. Argument: directory. */
const PROCESSES_SCRIPT = `
getconf PAGESIZE
for file in "$1"/*; do read -r pid <"$file" && echo "$pid"; done
echo
cat /proc/[0-9]*/stat 2>/dev/null
:`;

interface StartedDaemon {
  readonly daemon: Daemon;
  readonly node: Node;
  readonly context: DaemonContext;
  readonly process: Process;
  readonly logStored: Promise<void>;
  /** null while it is running. */
  output: Output | null;
}

/** The nodes on which daemons are started. */
interface DaemonHosts {
  readonly nodes: readonly BareNode[];
  /** The range that contains all pod addresses of the cluster. */
  readonly clusterCidr: string;
  readonly storeLog: StoreLog;
}

/**
 * Starts each daemon on its nodes once all daemons before it are ready.
 * @throws EnvironmentError with the last output of a daemon that exits or does not become ready; the signal's reason
 */
export async function startDaemons(
  host: Pick<Host, "signal" | "clock">,
  daemons: readonly Daemon[],
  { nodes, clusterCidr, storeLog }: DaemonHosts,
): Promise<Daemons> {
  const [firstNode] = nodes;
  if (firstNode === undefined || daemons.length === 0) return NO_DAEMONS;
  const started: StartedDaemon[] = [];
  const stop = async (): Promise<void> => {
    for (const { process } of started) process.kill("SIGKILL"); // the node is disposable
    await Promise.all(started.map(({ logStored }) => logStored));
  };
  try {
    for (const daemon of daemons) {
      const batch = (daemon.on === "first node" ? [firstNode] : nodes).map((node) =>
        startDaemon(daemon, node, { self: node, firstNode, clusterCidr }, storeLog),
      );
      started.push(...batch);
      await Promise.all(batch.map((one) => waitUntilReady(host, one)));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    processes: async (requested) =>
      Promise.all(requested.filter((node) => started.some((one) => one.node.name === node.name)).map(processesOn)),
    failure: () =>
      started.flatMap(({ output, ...one }) => (output === null ? [] : [describeExit(one, output)]))[0] ?? null,
    stop,
  };
}

function startDaemon(daemon: Daemon, node: Node, context: DaemonContext, storeLog: StoreLog): StartedDaemon {
  const argv = daemon.argv(context);
  const process = node.shell.start(
    ["bash", "-c", LAUNCH_SCRIPT, "bash", PID_DIR, daemon.name, String(MAX_LOG_BYTES), ...argv],
    { stdin: "", env: daemon.env ?? {}, awaitsOutput: true },
  );
  const logStored = process.done.then((output) => {
    one.output = output;
    storeLog(node.name, daemon.name, { ...output, argv });
  });
  logStored.catch(() => undefined); // stop() throws this error
  const one: StartedDaemon = { daemon, node, context, process, logStored, output: null };
  return one;
}

async function waitUntilReady({ signal, clock }: Pick<Host, "signal" | "clock">, one: StartedDaemon): Promise<void> {
  const { daemon, node, context, process } = one;
  const argv = daemon.readinessCommand(context);
  const exited = new AbortController();
  void process.done.then(() => exited.abort());
  const options = { timeout: READINESS_COMMAND_TIMEOUT_S, signal: AbortSignal.any([signal, exited.signal]) };
  const check = async (): Promise<boolean> => {
    const isReady = succeeded(await node.shell.exec(argv, options));
    if (exited.signal.aborted) throw new EnvironmentError(describeExit(one, await process.done));
    return isReady;
  };
  if ((await poll(check, { timeout: READY_TIMEOUT_S, every: READY_INTERVAL_S, signal, clock })) !== null) return;
  process.kill("SIGKILL");
  throw new EnvironmentError(
    `${daemon.name} on ${node.name} was not ready within ${READY_TIMEOUT_S} s: ` +
      `"${quoteArgv(argv)}" did not succeed${lastOutput(await process.done)}`,
  );
}

function describeExit({ daemon, node }: Pick<StartedDaemon, "daemon" | "node">, output: Output): string {
  return `${daemon.name} on ${node.name} ${describeEnd(output)}${lastOutput(output)}`;
}

function lastOutput({ stdout }: Output): string {
  const lines = printable(stdout)
    .trimEnd()
    .split("\n")
    .slice(-MAX_ERROR_LINES)
    .map((line) => line.slice(0, 300));
  return lines.join("") === "" ? "" : `; last output:\n${lines.join("\n")}`;
}

async function processesOn(node: Node): Promise<NodeDaemons> {
  return { node, ...processesOfSessions(await run(node.shell, ["sh", "-c", PROCESSES_SCRIPT, "sh", PID_DIR])) };
}
