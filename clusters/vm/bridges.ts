/**
 * The networks between the nodes as bridges with a tap interface for each node, in a network namespace of their own (without root in a user
 * namespace too): the host's network is never touched, and what is there ends with the process that holds it.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import { startStreaming } from "../../core/local.ts";
import { toolPath } from "../../core/tools/find.ts";
import { tapName } from "./qemu-command.ts";

export interface Bridges {
  /** Begins the command line of whatever shall run there. */
  readonly enterCommand: readonly string[];
  close(): Promise<void>;
}

/** Seconds: it takes a blink. */
const CREATE_TIMEOUT_S = 30;

/** Holds the namespace: it ends with its input, or with cnibench. */
const HOLDER_SCRIPT = 'ip -batch "$1" && echo "made $$" && exec cat';

/** @param dir for a file of a moment. @param mtu bytes. @throws EnvironmentError; the signal's reason. */
export async function createBridges(
  dir: string,
  nodes: number,
  nics: number,
  mtu: number,
  signal: AbortSignal,
): Promise<Bridges> {
  signal.throwIfAborted();
  const user = process.getuid?.() !== 0;
  const batch = join(dir, "bridges");
  writeFileSync(batch, bridgeBatch(nodes, nics, mtu));
  const unshare = ["unshare", ...(user ? ["--user", "--map-root-user"] : []), "--net"];
  const holder = startStreaming(
    ["setpriv", "--pdeathsig", "KILL", "--", ...unshare, "sh", "-c", HOLDER_SCRIPT, "sh", batch],
    {
      PATH: toolPath().join(":"),
      LC_ALL: "C",
    },
  );
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
  const timer = setTimeout(killHolder, CREATE_TIMEOUT_S * 1000);
  signal.addEventListener("abort", killHolder, { once: true });
  const pid = await pidReported;
  clearTimeout(timer);
  signal.removeEventListener("abort", killHolder);
  signal.throwIfAborted();
  if (pid === undefined)
    throw new EnvironmentError(
      `the networks of --vm-underlay tap cannot be made (${lastLine(await exited) || `not within ${CREATE_TIMEOUT_S} s`}); leave it out`,
    );
  return {
    enterCommand: ["nsenter", "--target", pid, ...(user ? ["--user", "--preserve-credentials"] : []), "--net", "--"],
    close: async () => {
      holder.closeStdin();
      await exited;
    },
  };
}

/** Lines for ip. */
export function bridgeBatch(nodes: number, nics: number, mtu: number): string {
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
