/** The daemons of a plugin on bare nodes: started in their order, watched as long as the plugin is measured, and ended. */
import { EnvironmentError, describeEnd, printable } from "../core/errors.ts";
import type { Node } from "../core/model.ts";
import { quoteArgv } from "../core/quote.ts";
import { run, succeeded, type Output, type Process } from "../core/shell.ts";
import type { Daemon, DaemonContext } from "../plugins/plugin.ts";
import type { NodeDaemons } from "../runners/daemons.ts";
import { processesOfSessions } from "./daemon-processes.ts";

/** Seconds for a daemon to do its work. */
const READY_TIMEOUT_S = 30;
/** Bytes that are kept of what a daemon said last. */
const MAX_LOG_BYTES = 65536;
/** Lines of it that go into an error. */
const MAX_ERROR_LINES = 5;
/** Folder of a node with the process numbers of its daemons. */
const PID_DIR = "/run/cnibench-daemons";

/**
 * The shell becomes the daemon, so its process number and its session are the daemon's. What it says goes to a program that
 * remembers the end, in a session of its own: it outlives the daemon. Arguments: folder, name, bytes, command.
 */
const LAUNCH_SCRIPT = `
mkdir -p "$1"
echo $$ >"$1/$2"
exec > >(exec setsid tail -c "$3") 2>&1
shift 3
exec "$@"`;

/** The daemons of a plugin that is deployed. */
export interface Daemons {
  /** Their processes on these nodes, on each that has some. */
  processes(nodes: readonly Node[]): Promise<readonly NodeDaemons[]>;
  /** One that has ended, as a sentence with its last words: what is measured without it is not the plugin. null: all run. */
  failure(): string | null;
  /** Ends them, and returns when what they said is kept. @throws EnvironmentError when it cannot be stored */
  stop(): Promise<void>;
}

export const NO_DAEMONS: Daemons = {
  processes: () => Promise.resolve([]),
  failure: () => null,
  stop: () => Promise.resolve(),
};

/** Called with what a daemon said last and how it ended. @throws EnvironmentError when it cannot be stored */
export type StoreLog = (node: string, daemon: string, output: Output) => void;

interface StartedDaemon {
  readonly daemon: Daemon;
  readonly node: Node;
  readonly context: DaemonContext;
  readonly process: Process;
  readonly logStored: Promise<void>;
  /** null: it runs. */
  output: Output | null;
}

/** @throws EnvironmentError with the last words of a daemon that ends or does not get ready; the signal's reason. */
export async function startDaemons(
  daemons: readonly Daemon[],
  nodes: readonly Node[],
  clusterCidr: string,
  storeLog: StoreLog,
  signal: AbortSignal,
): Promise<Daemons> {
  const [first] = nodes;
  if (first === undefined || daemons.length === 0) return NO_DAEMONS;
  const started: StartedDaemon[] = [];
  const end = async (): Promise<void> => {
    for (const { process } of started) process.kill("SIGKILL"); // nothing of the node is worth an orderly end
    await Promise.all(started.map(({ logStored: kept }) => kept));
  };
  try {
    for (const daemon of daemons) {
      const batch = (daemon.on === "first node" ? [first] : nodes).map((node) =>
        startDaemon(daemon, node, { self: node, firstNode: first, clusterCidr }, storeLog),
      );
      started.push(...batch);
      await Promise.all(batch.map((one) => waitUntilReady(one, signal)));
    }
  } catch (error) {
    await end();
    throw error;
  }
  return {
    processes: async (requested) =>
      Promise.all(requested.filter((node) => started.some((one) => one.node.name === node.name)).map(processesOn)),
    failure: () =>
      started.flatMap(({ output, ...one }) => (output === null ? [] : [describeExit(one, output)]))[0] ?? null,
    stop: end,
  };
}

function startDaemon(daemon: Daemon, node: Node, context: DaemonContext, storeLog: StoreLog): StartedDaemon {
  const argv = daemon.argv(context);
  const process = node.shell.start(
    ["bash", "-c", LAUNCH_SCRIPT, "bash", PID_DIR, daemon.name, String(MAX_LOG_BYTES), ...argv],
    {
      stdin: "",
      env: daemon.env ?? {},
    },
  );
  const logStored = process.done.then((output) => {
    one.output = output;
    storeLog(node.name, daemon.name, { ...output, argv });
  });
  logStored.catch(() => undefined); // whoever ends it sees the error
  const one: StartedDaemon = { daemon, node, context, process, logStored, output: null };
  return one;
}

async function waitUntilReady(one: StartedDaemon, signal: AbortSignal): Promise<void> {
  const { daemon, node, context, process } = one;
  const argv = daemon.readinessCommand(context);
  const done = new AbortController();
  const wait = ["sh", "-c", 'until "$@" >/dev/null 2>&1; do sleep 0.05; done', "sh", ...argv];
  const readyCheck = node.shell.exec(wait, {
    timeout: READY_TIMEOUT_S,
    signal: AbortSignal.any([signal, done.signal]),
  });
  const exited = await Promise.race([process.done, readyCheck.then(() => null)]);
  done.abort();
  signal.throwIfAborted();
  if (exited !== null) throw new EnvironmentError(describeExit(one, exited));
  if (succeeded(await readyCheck)) return;
  process.kill("SIGKILL");
  throw new EnvironmentError(
    `${daemon.name} on ${node.name} was not ready within ${READY_TIMEOUT_S} s: "${quoteArgv(argv)}" did not succeed${lastOutput(await process.done)}`,
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
  return lines.join("") === "" ? "" : `; it said last:\n${lines.join("\n")}`;
}

async function processesOn(node: Node): Promise<NodeDaemons> {
  const script =
    'getconf PAGESIZE; for file in "$1"/*; do read -r pid <"$file" && echo "$pid"; done; echo; cat /proc/[0-9]*/stat 2>/dev/null; :';
  return { node, ...processesOfSessions(await run(node.shell, ["sh", "-c", script, "sh", PID_DIR])) };
}
