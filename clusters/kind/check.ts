/** What stands in the way of a kind cluster, before one is made. */
import { readFileSync } from "node:fs";
import { lastLine } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import type { Problem } from "../../core/model.ts";
import { succeeded, type Output } from "../../core/shell.ts";
import { findTool } from "../../core/tools/find.ts";
import type { ClusterSpec } from "../cluster.ts";
import { toolProblems } from "../kubernetes/tools.ts";

/** Bytes that nodes need: the one with the control plane, and each other. */
const MEMORY_BYTES = { controlPlane: 600e6, worker: 200e6 } as const;
/** kind, "Known issues": pods fail with "too many open files" below. */
const MIN_INOTIFY_INSTANCES = 128;
const DOCKER_INSTALL_URL = "https://docs.docker.com/engine/install/";

export async function checkKind(spec?: ClusterSpec): Promise<readonly Problem[]> {
  const purpose = "clusters of kind need it";
  const clients = (await Promise.all((["kind", "kubectl"] as const).map((name) => toolProblems(name, purpose)))).flat();
  const docker =
    findTool("docker") === null
      ? [{ message: `docker is not here, and ${purpose}`, fix: DOCKER_INSTALL_URL }]
      : dockerProblems(await localShell().exec(["docker", "info", "--format", "{{.ServerVersion}}"], { timeout: 20 }));
  return [
    ...docker,
    ...clients,
    ...(spec === undefined ? [] : memoryProblems(spec.nodes, readText("/proc/meminfo"))),
    ...inotifyProblems(),
  ];
}

/** Pure. @param output of `docker info` */
export function dockerProblems(output: Output): Problem[] {
  if (succeeded(output)) return [];
  if (/permission denied/i.test(output.stderr))
    return [
      {
        message: "this user may not use Docker",
        fix: "sudo usermod -aG docker $USER, then log in again; or run cnibench as root",
      },
    ];
  if (/cannot connect|no such file|connection refused/i.test(output.stderr))
    return [{ message: "Docker does not run", fix: "sudo systemctl start docker" }];
  return [
    { message: `docker info fails: ${lastLine(output.stderr) || "it says nothing"}`, fix: "see that docker run works" },
  ];
}

/** Pure. @param meminfo text of /proc/meminfo */
export function memoryProblems(nodes: number, meminfo: string): Problem[] {
  const available = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? Number.NaN) * 1024;
  const needed = MEMORY_BYTES.controlPlane + (nodes - 1) * MEMORY_BYTES.worker;
  if (!(available < needed)) return [];
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return [
    {
      message: `${nodes} nodes need about ${megabytes(needed)} MB of memory, and ${megabytes(available)} MB are free`,
      fix: "end other programs, or ask for fewer --nodes",
    },
  ];
}

function inotifyProblems(): Problem[] {
  const key = "fs.inotify.max_user_instances";
  const limit = Number(readText("/proc/sys/fs/inotify/max_user_instances"));
  return limit >= MIN_INOTIFY_INSTANCES
    ? []
    : [{ message: `${key} is ${limit}, too few for the nodes' programs`, fix: `sudo sysctl -w ${key}=512` }];
}

function readText(file: string): string {
  return readFileSync(file, "utf8");
}
