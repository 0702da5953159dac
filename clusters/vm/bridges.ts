/**
 * Creates the networks between the nodes as bridges, with a tap interface for each node, in a separate network
 * namespace (without root also in a user namespace). The host's network is not changed, and everything disappears
 * with the process that holds the namespace.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { startStreaming } from "../../core/local.ts";
import { waitOrElse } from "../../core/wait.ts";
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

/** Holds the namespace until its standard input closes or cnibench exits. */
const HOLDER_SCRIPT = 'ip -batch "$1" && echo "made $$" && exec cat';

/**
 * Creates the bridges.
 * @param dir directory for a temporary file
 * @throws EnvironmentError; the signal's reason
 */
export async function createBridges(host: Host, dir: string, layout: BridgeLayout): Promise<Bridges> {
  const { signal } = host;
  signal.throwIfAborted();
  const user = process.getuid?.() !== 0;
  const batch = join(dir, "bridges");
  writeFileSync(batch, bridgeBatch(layout));
  const unshare = ["unshare", ...(user ? ["--user", "--map-root-user"] : []), "--net"];
  const command = ["setpriv", "--pdeathsig", "KILL", "--", ...unshare, "sh", "-c", HOLDER_SCRIPT, "sh", batch];
  const holder = startStreaming(command, { PATH: toolPath(host).join(":"), LC_ALL: "C" });
  const exited = new Promise<string>((resolve) => holder.onEnd(resolve));
  let stdout = "";
  const pidReported = new Promise<string | undefined>((resolve) => {
    holder.onData((chunk) => {
      stdout += chunk.toString("latin1");
      const pid = /made (\d+)\n/.exec(stdout)?.[1];
      if (pid !== undefined) resolve(pid);
    });
    void exited.then(() => resolve(undefined));
  });
  const killHolder = (): void => holder.kill("SIGKILL");
  signal.addEventListener("abort", killHolder, { once: true });
  const pid = await waitOrElse(pidReported, CREATE_TIMEOUT_S, killHolder);
  signal.removeEventListener("abort", killHolder);
  signal.throwIfAborted();
  if (pid === undefined) {
    const reason = lastLine(await exited) || `not within ${CREATE_TIMEOUT_S} s`;
    throw new EnvironmentError(`cannot create the networks of --vm-underlay tap (${reason}); omit the option`);
  }
  return {
    enterCommand: ["nsenter", "--target", pid, ...(user ? ["--user", "--preserve-credentials"] : []), "--net", "--"],
    close: async () => {
      holder.closeStdin();
      await exited;
    },
  };
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
