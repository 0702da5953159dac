/** Reads the host state that a run must not change. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createHost, localShell } from "../../core/local.ts";
import { findTool, toolPath } from "../../tools/find.ts";

const host = createHost();

export type HostState = Readonly<Record<string, readonly string[]>>;

/** Sysctls that change without a run. */
const VOLATILE_SYSCTL = /(nf_conntrack_count|\/stable_secret|tcp_fastopen_key|\/flush|route\/flush|cookie|random)/;

/**
 * Reads links, addresses, routes, rules, firewall, network sysctls, mounts, namespaces and the processes of labs,
 * without volatile counters.
 */
export async function readHostState(): Promise<HostState> {
  const [links, addresses, routes, rules, nft, iptables] = await Promise.all([
    ip("link"),
    ip("-br", "addr"),
    ip("route", "show", "table", "all"),
    ip("rule"),
    outputLines(["nft", "list", "ruleset"]),
    outputLines(["iptables", "-S"]),
  ]);
  return {
    links,
    addresses,
    routes,
    rules,
    firewall: [...nft, ...iptables],
    sysctls: sysctls("/proc/sys/net"),
    mounts: readFileSync("/proc/self/mounts", "utf8").split("\n").sort(),
    namespaces: [...new Set(processes().flatMap((pid) => namespacesOf(pid)))].sort(),
    processes: processes().flatMap(labProcess),
  };
}

/** Returns the lines that differ between two states, prefixed with `+` or `-`. */
export function difference(before: HostState, after: HostState): string[] {
  return Object.keys(before).flatMap((part) => {
    const [old, now] = [new Set(before[part]), new Set(after[part])];
    const removed = [...old].filter((line) => !now.has(line)).map((line) => `- ${part}: ${line}`);
    const added = [...now].filter((line) => !old.has(line)).map((line) => `+ ${part}: ${line}`);
    return [...removed, ...added];
  });
}

/** Polls until the difference is empty or the timeout is over, because the kernel removes namespaces asynchronously. */
export async function settledDifference(before: HostState, timeoutSeconds = 5): Promise<string[]> {
  const end = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const remaining = difference(before, await readHostState());
    if (remaining.length === 0 || Date.now() > end) return remaining;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function ip(...args: string[]): Promise<string[]> {
  return outputLines(["ip", ...args]);
}

async function outputLines(argv: readonly string[]): Promise<string[]> {
  if (findTool(host, argv[0] ?? "") === null) return [];
  const output = await localShell().exec(argv, { env: { PATH: toolPath(host).join(":") } });
  return output.stdout.split("\n").filter((line) => line !== "" && !/^#/.test(line));
}

function sysctls(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) return sysctls(path);
    return VOLATILE_SYSCTL.test(path) ? [] : [`${path}=${readOr(path, "")}`];
  });
}

function processes(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

function namespacesOf(pid: string): string[] {
  return ["net", "mnt", "user", "pid"].flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)];
    } catch {
      return []; // the process has just exited
    }
  });
}

function labProcess(pid: string): string[] {
  const argv = readOr(`/proc/${pid}/cmdline`, "").replaceAll("\0", " ").trim();
  return /lab-init|node-init|agent\.pl|cnibench|iperf3|netserver|flanneld/.test(argv) && !/vitest|\.test\.ts/.test(argv)
    ? [`${pid} ${argv}`]
    : [];
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return fallback; // write-only, or no longer there
  }
}
