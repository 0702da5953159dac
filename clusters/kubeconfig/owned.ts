/** Whose a namespace of cnibench's is: the process that made it is written on it. */
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { stringAt } from "../../core/json.ts";
import { OWNER_HOST, OWNER_PROCESS } from "../kubernetes/home.ts";

export interface Owned {
  /** Of the namespace. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
}

/** @param namespace as the API has it */
export function ownerOf(namespace: unknown): Owned {
  return {
    name: stringAt(namespace, "metadata", "name") ?? "",
    host: stringAt(namespace, "metadata", "annotations", OWNER_HOST) ?? "an unknown machine",
    pid: Number(stringAt(namespace, "metadata", "annotations", OWNER_PROCESS)),
  };
}

/** Who may still need it; null: a process of this machine that is gone. */
export function whoseStill({ host, pid }: Owned): string | null {
  if (host !== hostname()) return `a run on ${host}`;
  return existsSync(`/proc/${pid}`) ? `process ${pid}, which still runs` : null;
}
