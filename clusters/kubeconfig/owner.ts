/** Reads the process that owns a namespace of cnibench from its annotations. */
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { OWNER_HOST_ANNOTATION, OWNER_PID_ANNOTATION } from "../../kubernetes/namespaces.ts";
import { readObject } from "../../kubernetes/read.ts";

/** The process that created a namespace. */
export interface NamespaceOwner {
  /** Name of the namespace. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
}

/** @param namespace the API object */
export function readOwner(namespace: unknown): NamespaceOwner {
  const { name, annotations } = readObject(namespace);
  return {
    name,
    host: annotations[OWNER_HOST_ANNOTATION] ?? "an unknown host",
    pid: Number(annotations[OWNER_PID_ANNOTATION] ?? 0),
  };
}

/** Describes an owner that may still need its namespace; null for a process of this host that no longer exists. */
export function describeActiveOwner({ host, pid }: NamespaceOwner): string | null {
  if (host !== hostname()) return `a run on ${host}`;
  return existsSync(`/proc/${pid}`) ? `process ${pid}, which is still running` : null;
}
