/** What a run must leave as it found it on the host. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { localShell } from "../../core/local.ts";
import { findTool, toolPath } from "../../core/tools/find.ts";

export type HostState = Readonly<Record<string, readonly string[]>>;

/** Sysctls that count or change by themselves. */
const VOLATILE_SYSCTL = /(nf_conntrack_count|\/stable_secret|tcp_fastopen_key|\/flush|route\/flush|cookie|random)/;

/**
 * Links, addresses, routes, rules, firewall, sysctls of the network, mounts, network namespaces, and the processes that
 * have to do with a lab. Counters that move by themselves are left out.
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

/** Lines that are in one state and not in the other, as `+` and `-`. */
export function difference(before: HostState, after: HostState): string[] {
  return Object.keys(before).flatMap((part) => {
    const [old, now] = [new Set(before[part]), new Set(after[part])];
    const removed = [...old].filter((line) => !now.has(line)).map((line) => `- ${part}: ${line}`);
    const added = [...now].filter((line) => !old.has(line)).map((line) => `+ ${part}: ${line}`);
    return [...removed, ...added];
  });
}

/** Looks again for up to `patience` seconds: the kernel takes namespaces down in the background. */
export async function settledDifference(before: HostState, timeoutSeconds = 5): Promise<string[]> {
  const end = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const left = difference(before, await readHostState());
    if (left.length === 0 || Date.now() > end) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function ip(...args: string[]): Promise<string[]> {
  return outputLines(["ip", ...args]);
}

async function outputLines(argv: readonly string[]): Promise<string[]> {
  if (findTool(argv[0] ?? "") === null) return [];
  const output = await localShell().exec(argv, { env: { PATH: toolPath().join(":") } });
  return output.stdout.split("\n").filter((line) => line !== "" && !/^#/.test(line));
}

function sysctls(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
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
      return []; // it has just ended
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
    return fallback; // write-only, or gone
  }
}
