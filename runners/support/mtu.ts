/** Probes the effective MTU of a path, because the MTU that a plugin claims may be wrong. */
import { ipFlag } from "../../core/ip.ts";
import { succeeded } from "../../core/shell.ts";
import type { PairContext } from "../runner.ts";
import { rolesNamed, type StoredOutputs } from "./stored-outputs.ts";

/** IP and ICMP headers, bytes. */
const HEADER_BYTES = { "-4": 28, "-6": 48 } as const;
/** The smallest MTU of a link: RFC 791, and RFC 8200 section 5. */
const MIN_MTU = { "-4": 576, "-6": 1280 } as const;

/** Returns what {@link probePathMtu} measured: the size of the largest packet that was answered; null if none was. */
export function storedMtu(stored: StoredOutputs): number | null {
  const answered = rolesNamed("mtu", stored).filter((role) => / 1 (packets )?received/.test(stored.stdout(role)));
  const sizes = answered.map((role) => {
    const [, payload, address] = / -s (\d+) (\S+)$/m.exec(stored.command(role)) ?? [];
    if (payload === undefined || address === undefined) throw new Error(`${role}.cmd has no packet size`);
    return Number(payload) + HEADER_BYTES[ipFlag(address)];
  });
  return sizes.length === 0 ? null : Math.max(...sizes);
}

/**
 * Returns the size of the largest IP packet, in bytes, that reaches the server unfragmented. At most the MTU of the
 * client's interface; null if even the smallest packet is lost.
 */
export async function probePathMtu({ client, server, signal, keep }: PairContext): Promise<number | null> {
  const family = ipFlag(server.ip);
  const passes = async (size: number): Promise<boolean> => {
    const argv = ["ping", "-n", "-c1", "-W1", "-Mdo", "-s", String(size - HEADER_BYTES[family]), server.ip];
    const output = await client.shell.exec(argv, { signal, timeout: 3 });
    keep("mtu", output);
    return succeeded(output);
  };
  if (await passes(client.mtu)) return client.mtu;
  if (!(await passes(MIN_MTU[family]))) return null;
  let [fits, tooBig]: [number, number] = [MIN_MTU[family], client.mtu];
  while (tooBig - fits > 1) {
    const middle = Math.floor((fits + tooBig) / 2);
    if (await passes(middle)) fits = middle;
    else tooBig = middle;
  }
  return fits;
}
