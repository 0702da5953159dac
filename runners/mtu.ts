/** The effective MTU of a path, probed: what a plugin claims is not believed (method, rule 21). */
import type { Endpoint } from "../core/model.ts";
import { succeeded } from "../core/shell.ts";

/** IPv4 and ICMP headers, bytes. */
const HEADERS = 28;
const LOWEST = 576;

/**
 * Largest IP packet, bytes, that goes from client to server unfragmented, at most the MTU of the client's interface;
 * null when not even the smallest passes.
 */
export async function probePathMtu(client: Endpoint, server: Endpoint, signal: AbortSignal): Promise<number | null> {
  const passes = async (size: number): Promise<boolean> => {
    const argv = ["ping", "-n", "-c1", "-W1", "-Mdo", "-s", String(size - HEADERS), server.ip];
    return succeeded(await client.shell.exec(argv, { signal, timeout: 3 }));
  };
  if (await passes(client.mtu)) return client.mtu;
  if (!(await passes(LOWEST))) return null;
  let [fits, tooBig] = [LOWEST, client.mtu];
  while (tooBig - fits > 1) {
    const middle = Math.floor((fits + tooBig) / 2);
    if (await passes(middle)) fits = middle;
    else tooBig = middle;
  }
  return fits;
}
