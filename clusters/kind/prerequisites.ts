/** Checks the prerequisites of kind clusters. Creates nothing. */
import { readFileSync } from "node:fs";
import { lastLine, printable, type Problem } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { succeeded, type Output } from "../../core/shell.ts";
import { findTool } from "../../tools/index.ts";
import type { ClusterSpec } from "../cluster.ts";
import { toolProblems } from "../../kubernetes/index.ts";

/** Bytes of memory that the control-plane node and each worker need. */
const MEMORY_BYTES = { controlPlane: 600e6, worker: 200e6 } as const;
/** With fewer, pods fail with "too many open files" (kind documentation, "Known issues"). */
const MIN_INOTIFY_INSTANCES = 128;
const INOTIFY_LIMIT = "fs.inotify.max_user_instances";
const DOCKER_INSTALL_URL = "https://docs.docker.com/engine/install/";

/** Returns the problems of this host, and with a spec also those of the cluster size. */
export async function checkKind(host: Host, spec?: ClusterSpec): Promise<readonly Problem[]> {
  const requiredFor = "kind clusters";
  const provider = host.env.KIND_EXPERIMENTAL_PROVIDER ?? "";
  if (provider !== "" && provider !== "docker")
    return [
      {
        message: `kind clusters require Docker, not KIND_EXPERIMENTAL_PROVIDER=${printable(provider)}`,
        fix: "unset KIND_EXPERIMENTAL_PROVIDER",
      },
    ];
  const tools = ["kind", "kubectl"] as const;
  const clients = (await Promise.all(tools.map((name) => toolProblems(host.shell, name, requiredFor)))).flat();
  const docker =
    findTool(host, "docker") === null
      ? [{ message: `docker not found (required for ${requiredFor})`, fix: DOCKER_INSTALL_URL }]
      : dockerProblems(await host.shell.exec(["docker", "info", "--format", "{{.ServerVersion}}"], { timeout: 20 }));
  return [
    ...docker,
    ...clients,
    ...(spec === undefined ? [] : memoryProblems(spec.nodes, readFileSync("/proc/meminfo", "utf8"))),
    ...inotifyProblems(),
  ];
}

/** Explains why `docker info` failed; empty if it succeeded. Pure. */
export function dockerProblems(output: Output): Problem[] {
  if (succeeded(output)) return [];
  if (/permission denied/i.test(output.stderr))
    return [
      {
        message: "this user is not allowed to use Docker",
        fix: "sudo usermod -aG docker $USER, then log in again; or run cnibench as root",
      },
    ];
  if (/cannot connect|no such file|connection refused/i.test(output.stderr))
    return [{ message: "the Docker daemon is not running", fix: "sudo systemctl start docker" }];
  const reason = lastLine(output.stderr) || "no error message";
  return [{ message: `docker info failed: ${reason}`, fix: 'make "docker run" work' }];
}

/** Compares the memory that the nodes need with the available memory. Pure. @param meminfo content of /proc/meminfo */
export function memoryProblems(nodes: number, meminfo: string): Problem[] {
  const available = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? Number.NaN) * 1024;
  const needed = MEMORY_BYTES.controlPlane + (nodes - 1) * MEMORY_BYTES.worker;
  if (!(available < needed)) return [];
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return [
    {
      message:
        `${nodes} nodes need about ${megabytes(needed)} MB of memory, ` +
        `but only ${megabytes(available)} MB are free`,
      fix: "stop other programs or use fewer --nodes",
    },
  ];
}

function inotifyProblems(): Problem[] {
  const limit = readInotifyLimit();
  return limit >= MIN_INOTIFY_INSTANCES
    ? []
    : [
        {
          message: `${INOTIFY_LIMIT} is ${limit}, which is too few for the nodes`,
          fix: `sudo sysctl -w ${INOTIFY_LIMIT}=512`,
        },
      ];
}

/** Returns how many inotify instances a user of this host may create. */
export function readInotifyLimit(): number {
  return Number(readFileSync(`/proc/sys/${INOTIFY_LIMIT.replaceAll(".", "/")}`, "utf8"));
}
