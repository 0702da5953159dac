/** Which processes of a node belong to a plugin's daemons, from what /proc shows of all of them. Pure. */
import type { NodeDaemons } from "../runners/daemons.ts";

type DaemonProcesses = Pick<NodeDaemons, "pids" | "pageSize">;

/**
 * The processes of the daemons' sessions: what a daemon has started counts as well.
 * @param text the size of a page, a line for each daemon's number, an empty one, and the lines of /proc/PID/stat
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
 * The processes of pods, which the kubelet keeps in control groups of their own: `.../pod<uid>/...`, by systemd's naming with
 * underscores in the uid.
 * @param text the size of a page, and lines `/proc/PID/cgroup:HIERARCHY:CONTROLLERS:PATH`
 * @param uids of the pods
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
