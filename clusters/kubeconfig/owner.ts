/** Reads the process that owns a namespace of cnibench from its annotations. */
import type { Host } from "../../core/host.ts";
import { stringAt } from "../../core/untrusted-json.ts";
import { isAlive, ownIdentity, type ProcessIdentity } from "../../core/process-identity.ts";
import { OWNER_ANNOTATIONS } from "../../kubernetes/index.ts";

/** The process that created a namespace. */
export interface NamespaceOwner extends ProcessIdentity {
  /** Name of the namespace. */
  readonly name: string;
  readonly host: string;
}

/** @param namespace the API object */
export function readOwner(namespace: unknown): NamespaceOwner {
  const annotation = (key: string): string | null => stringAt(namespace, "metadata", "annotations", key);
  return {
    name: stringAt(namespace, "metadata", "name") ?? "",
    host: annotation(OWNER_ANNOTATIONS.host) ?? "an unknown host",
    pid: Number(annotation(OWNER_ANNOTATIONS.pid)),
    birth: annotation(OWNER_ANNOTATIONS.birth),
  };
}

/** Reports whether this process created the namespace. */
export function isOwn({ hostname }: Pick<Host, "hostname">, { host, pid, birth }: NamespaceOwner): boolean {
  return host === hostname && pid === process.pid && birth === ownIdentity().birth;
}

/** Describes an owner that may still need its namespace; null for a process of this host that no longer runs. */
export function describeActiveOwner({ hostname }: Pick<Host, "hostname">, owner: NamespaceOwner): string | null {
  if (owner.host !== hostname) return `a run on ${owner.host}`;
  return isAlive(owner) ? `process ${owner.pid}, which is still running` : null;
}
