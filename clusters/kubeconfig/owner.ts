/** Whose a namespace of cnibench's is: the process that made it is written on it. */
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { stringAt } from "../../core/json.ts";
import { OWNER_HOST_ANNOTATION, OWNER_PID_ANNOTATION } from "../kubernetes/namespace.ts";

export interface NamespaceOwner {
  /** Of the namespace. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
}

/** @param namespace as the API has it */
export function readOwner(namespace: unknown): NamespaceOwner {
  return {
    name: stringAt(namespace, "metadata", "name") ?? "",
    host: stringAt(namespace, "metadata", "annotations", OWNER_HOST_ANNOTATION) ?? "an unknown machine",
    pid: Number(stringAt(namespace, "metadata", "annotations", OWNER_PID_ANNOTATION)),
  };
}

/** Who may still need it; null: a process of this machine that is gone. */
export function describeActiveOwner({ host, pid }: NamespaceOwner): string | null {
  if (host !== hostname()) return `a run on ${host}`;
  return existsSync(`/proc/${pid}`) ? `process ${pid}, which still runs` : null;
}
