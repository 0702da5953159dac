/** Finds the processes of a plugin's daemons among all processes of a node, from /proc. Pure. */
import type { NodeDaemons } from "../../runners/index.ts";

type DaemonProcesses = Pick<NodeDaemons, "pids" | "pageSize">;

/**
 * Returns the processes in the sessions of the daemons, including the processes that a daemon has started.
 * @param text the page size, the PID of each daemon, an empty line, and all lines of /proc/PID/stat
 */
export function processesOfSessions(text: string): DaemonProcesses {
  const [head = "", stats = ""] = text.split(/\n\n/, 2);
  const [pageSize, ...daemons] = head.split("\n").map(Number);
  const pids = stats.split("\n").flatMap((line) => {
    const [, pid, , , session] = /^(\d+) \(.*\) \S \d+ (\d+) ((\d+)) /.exec(line) ?? [];
    return daemons.includes(Number(session)) ? [Number(pid)] : [];
  });
  return { pids, pageSize: pageSize ?? NaN };
}

/**
 * Returns the processes of pods. The kubelet gives each pod a control group, `.../pod<uid>/...`; the systemd driver
 * replaces the hyphens of the UID with underscores.
 * @param text the page size, and lines `/proc/PID/cgroup:HIERARCHY:CONTROLLERS:PATH`
 * @param uids UIDs of the pods
 */
export function processesOfPods(text: string, uids: readonly string[]): DaemonProcesses {
  const [pageSize, ...lines] = text.split("\n");
  const groups = uids.flatMap((uid) => [`pod${uid}`, `pod${uid.replaceAll("-", "_")}`]);
  const pids = lines.flatMap((line) => {
    const [, pid, path = ""] = /^\/proc\/(\d+)\/cgroup:\d+:[^:]*:(.*)$/.exec(line) ?? [];
    return groups.some((group) => path.includes(group)) ? [Number(pid)] : [];
  });
  return { pids: [...new Set(pids)], pageSize: Number(pageSize) };
}
