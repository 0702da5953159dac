/** Explains why a lab cannot be created: which namespace the system forbids, and how to allow it. */
import { readFileSync } from "node:fs";
import { EnvironmentError, type Problem } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { succeeded } from "../../core/shell.ts";

const NAMESPACES = ["mount", "net", "pid", "uts"] as const;

/** Sysctls that can forbid namespaces, with the value that forbids them and the one that allows them. */
const NAMESPACE_SYSCTLS = [
  {
    file: "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    key: "kernel.apparmor_restrict_unprivileged_userns",
    forbids: "1",
    allows: "0",
  },
  {
    file: "/proc/sys/kernel/unprivileged_userns_clone",
    key: "kernel.unprivileged_userns_clone",
    forbids: "0",
    allows: "1",
  },
  ...["user", "mnt", "net", "pid", "uts"].map((kind) => {
    const key = `max_${kind}_namespaces`;
    return { file: `/proc/sys/user/${key}`, key: `user.${key}`, forbids: "0", allows: "10000" };
  }),
] as const;

/** Returns the error for a lab that did not start. @param labOutput output of the lab, which names the failed step */
export async function explainLabFailure(host: Host, labOutput: string): Promise<EnvironmentError> {
  const forbidden = await forbiddenNamespace(host);
  const step = /cnibench-lab: failed at: (.+)/.exec(labOutput)?.[1];
  if (forbidden === null && step === "proc") {
    return new EnvironmentError(
      "this system forbids mounting /proc in a new PID namespace (parts of /proc are masked, as in a container); " +
        "run cnibench outside the container, or start it with: " +
        "docker run --security-opt systempaths=unconfined --security-opt seccomp=unconfined ...",
    );
  }
  const cause =
    forbidden === null
      ? `cannot create a lab on this system (${step ?? "start"}: ${firstLine(labOutput)})`
      : forbiddenMessage(forbidden);
  return new EnvironmentError(`${cause}; ${remedy()}`);
}

/** Reports a forbidden namespace before a lab is created. */
export async function checkNamespaces(host: Host): Promise<readonly Problem[]> {
  const forbidden = await forbiddenNamespace(host);
  return forbidden === null ? [] : [{ message: forbiddenMessage(forbidden), fix: remedy() }];
}

function forbiddenMessage(namespace: string): string {
  return `this system forbids creating ${namespace} namespaces`;
}

/** Returns the first kind of namespace that this user cannot create, or null. */
async function forbiddenNamespace({ shell }: Host): Promise<string | null> {
  const asUser = await shell.exec(["unshare", "--user", "--map-root-user", "true"]);
  const user = succeeded(asUser) ? ["--user", "--map-root-user"] : [];
  if (user.length === 0 && process.getuid?.() !== 0) return "user";
  for (const namespace of NAMESPACES) {
    const output = await shell.exec(["unshare", ...user, `--${namespace}`, "--fork", "true"]);
    if (!succeeded(output)) return namespace;
  }
  return null;
}

function remedy(): string {
  const blocking = NAMESPACE_SYSCTLS.find(({ file, forbids }) => readSysctl(file) === forbids);
  if (blocking !== undefined) return `allow them with: sudo sysctl -w ${blocking.key}=${blocking.allows}`;
  return process.getuid?.() === 0
    ? "give this container the capability CAP_SYS_ADMIN, or run cnibench outside the container"
    : "run the same command as root: sudo -E cnibench ...";
}

function readSysctl(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return null; // this kernel does not have the sysctl
  }
}

function firstLine(text: string): string {
  return (
    text
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? "no output"
  );
}
