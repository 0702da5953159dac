/**
 * Creates the networks between the nodes as bridges, with a tap interface for each node, in a separate network
 * namespace (without root also in a user namespace). The host's network is not changed, and everything disappears
 * with the process that holds the namespace.
 */
import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { describeEnd, type Output } from "../../core/shell.ts";
import { poll } from "../../core/wait.ts";
import { toolPath } from "../../tools/index.ts";
import { tapName } from "./qemu-command.ts";

/** Bridges in a network namespace, until they are closed. */
export interface Bridges {
  /** Command prefix that runs a command in the namespace. */
  readonly enterCommand: readonly string[];
  close(): Promise<void>;
}

/** The size of the networks to create. */
export interface BridgeLayout {
  readonly nodes: number;
  /** Number of networks. */
  readonly nics: number;
  /** Bytes. */
  readonly mtu: number;
}

/** Seconds to create the bridges, which normally takes far less than one. */
const CREATE_TIMEOUT_S = 30;
const POLL_INTERVAL_S = 0.02;

/** Creates the bridges, writes its PID to a file and holds the namespace until its stdin closes or cnibench exits. */
const HOLDER_SCRIPT = 'ip -batch "$1" && echo "$$" >"$2" && exec cat';

/**
 * Creates the bridges.
 * @param dir directory for temporary files
 * @throws EnvironmentError; the signal's reason
 */
export async function createBridges(host: Host, dir: string, layout: BridgeLayout): Promise<Bridges> {
  host.signal.throwIfAborted();
  const user = process.getuid?.() !== 0;
  const batch = join(dir, "bridges");
  const pidFile = join(dir, "bridges.pid");
  writeFileSync(batch, bridgeBatch(layout));
  const unshare = ["unshare", ...(user ? ["--user", "--map-root-user"] : []), "--net"];
  const command = ["setpriv", "--pdeathsig", "KILL", "--", ...unshare, "sh", "-c", HOLDER_SCRIPT, "sh", batch, pidFile];
  const holder = host.shell.start(command, { env: { PATH: toolPath(host).join(":"), LC_ALL: "C" } });
  try {
    const pid = await waitForPid(host, holder.done, pidFile);
    return {
      enterCommand: ["nsenter", "--target", pid, ...(user ? ["--user", "--preserve-credentials"] : []), "--net", "--"],
      close: async () => {
        holder.closeStdin();
        await holder.done;
      },
    };
  } catch (error) {
    holder.kill("SIGKILL");
    await holder.done;
    throw error;
  }
}

/** Waits until the holder has created the bridges and returns its PID. @throws EnvironmentError; the signal's reason */
async function waitForPid(
  { clock, signal }: Pick<Host, "clock" | "signal">,
  done: Promise<Output>,
  file: string,
): Promise<string> {
  const state: { ended?: Output } = {};
  void done.then((output) => (state.ended = output));
  const check = async (): Promise<string | null> => {
    const text = await readFile(file, "utf8").catch(() => "");
    if (text.endsWith("\n")) return text.trim();
    if (state.ended !== undefined) throw creationError(lastLine(state.ended.stderr) || describeEnd(state.ended));
    return null;
  };
  const pid = await poll(check, { timeout: CREATE_TIMEOUT_S, every: POLL_INTERVAL_S, signal, clock });
  if (pid === null) throw creationError(`not within ${CREATE_TIMEOUT_S} s`);
  return pid;
}

function creationError(reason: string): EnvironmentError {
  return new EnvironmentError(`cannot create the networks of --vm-underlay tap (${reason}); omit the option`);
}

/** Returns the lines for `ip -batch`. */
export function bridgeBatch({ nodes, nics, mtu }: BridgeLayout): string {
  const bridges = Array.from({ length: nics }, (_, nic) => {
    const taps = Array.from({ length: nodes }, (_unused, i) => tapName(nic, i + 1));
    const attach = taps.flatMap((tap) => [
      `tuntap add dev ${tap} mode tap`,
      `link set ${tap} mtu ${mtu} master underlay${nic} up`,
    ]);
    return [`link add underlay${nic} mtu ${mtu} type bridge`, ...attach, `link set underlay${nic} up`];
  });
  return ["link set lo up", ...bridges.flat(), ""].join("\n");
}
