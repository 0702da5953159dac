/** What stands in the way of a kind cluster, before one is made. */
import { readFileSync } from "node:fs";
import { lastLine } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import type { Problem } from "../../core/model.ts";
import { succeeded, type Output } from "../../core/shell.ts";
import { findTool } from "../../core/tools/find.ts";
import type { ClusterSpec } from "../cluster.ts";

/** Bytes that nodes need: the one with the control plane, and each other. */
const MEMORY = { controlPlane: 600e6, worker: 200e6 } as const;
/** kind, "Known issues": pods fail with "too many open files" below. */
const INOTIFY_INSTANCES = 128;
/** The oldest kind whose nodes' containerd takes a folder of mirrors. */
const OLDEST_KIND = [0, 20] as const;
const LINKS = {
  docker: "https://docs.docker.com/engine/install/",
  kind: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
  kubectl: "https://kubernetes.io/docs/tasks/tools/",
} as const;

export async function checkKind(spec?: ClusterSpec): Promise<readonly Problem[]> {
  const missing = Object.entries(LINKS).filter(([program]) => findTool(program) === null);
  if (missing.length > 0) return missing.map(([program, link]) => ({ message: `${program} is not here, and clusters of kind need it`, fix: link }));
  const shell = localShell();
  const [docker, kind] = await Promise.all([shell.exec(["docker", "info", "--format", "{{.ServerVersion}}"], { timeout: 20 }), shell.exec(["kind", "version"], { timeout: 20 })]);
  return [...dockerProblems(docker), ...versionProblems(kind.stdout), ...(spec === undefined ? [] : memoryProblems(spec.nodes, read("/proc/meminfo"))), ...inotifyProblems()];
}

/** Pure. @param output of `docker info` */
export function dockerProblems(output: Output): Problem[] {
  if (succeeded(output)) return [];
  if (/permission denied/i.test(output.stderr)) return [{ message: "this user may not use Docker", fix: "sudo usermod -aG docker $USER, then log in again; or run cnibench as root" }];
  if (/cannot connect|no such file|connection refused/i.test(output.stderr)) return [{ message: "Docker does not run", fix: "sudo systemctl start docker" }];
  return [{ message: `docker info fails: ${lastLine(output.stderr) || "it says nothing"}`, fix: "see that docker run works" }];
}

/** Pure. @param said by `kind version` */
export function versionProblems(said: string): Problem[] {
  const [, major, minor] = /v?(\d+)\.(\d+)\.\d+/.exec(said) ?? [];
  if (major === undefined) return [];
  const old = Number(major) === OLDEST_KIND[0] && Number(minor) < OLDEST_KIND[1];
  return old ? [{ message: `kind ${major}.${minor} is too old; ${OLDEST_KIND.join(".")} is the oldest that works`, fix: LINKS.kind }] : [];
}

/** Pure. @param meminfo text of /proc/meminfo */
export function memoryProblems(nodes: number, meminfo: string): Problem[] {
  const available = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? Number.NaN) * 1024;
  const needed = MEMORY.controlPlane + (nodes - 1) * MEMORY.worker;
  if (!(available < needed)) return [];
  const mega = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return [{ message: `${nodes} nodes need about ${mega(needed)} MB of memory, and ${mega(available)} MB are free`, fix: "end other programs, or ask for fewer --nodes" }];
}

function inotifyProblems(): Problem[] {
  const key = "fs.inotify.max_user_instances";
  const limit = Number(read("/proc/sys/fs/inotify/max_user_instances"));
  return limit >= INOTIFY_INSTANCES ? [] : [{ message: `${key} is ${limit}, too few for the nodes' programs`, fix: `sudo sysctl -w ${key}=512` }];
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
