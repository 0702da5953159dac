/** CNI_ARGS as the container runtimes of Kubernetes pass them: they name the pod of a container. */
import { containerIdOf } from "../core/container-id.ts";
import { UsageError } from "../core/errors.ts";
import { matchesGlob } from "../core/text.ts";
import { argProblem } from "./validate.ts";

/** Keys and values of CNI_ARGS, in this order. */
export type CniArgs = readonly (readonly [key: string, value: string])[];

/** Omits the keys that name a pod, for containers without an object in the API of Kubernetes. */
export const WITHOUT_POD: CniArgs = [["K8S_*", ""]];

/**
 * Parses changes to CNI_ARGS: `KEY=VALUE;KEY=VALUE`. An empty value omits a key, in which `*` matches any characters.
 * @throws UsageError
 */
export function parseCniArgs(text: string): CniArgs {
  return text
    .split(";")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [key = "", ...rest] = pair.split("=");
      const value = rest.join("=");
      if (rest.length === 0)
        throw new UsageError(`"${pair}" has no value; use KEY=VALUE;KEY=VALUE, or KEY= to omit a key`);
      const problem = argProblem(key, value);
      if (problem !== null) throw new UsageError(problem);
      if (key.includes("*") && value !== "")
        throw new UsageError(`"${key}" has a value; use "${key}=" to omit these keys`);
      return [key, value] as const;
    });
}

/**
 * Returns the arguments that containerd and CRI-O pass for the container of a pod, with changes.
 * @param id container ID
 */
export function podArgs({ podName, id }: { readonly podName: string; readonly id: string }, changes: CniArgs): CniArgs {
  const args = new Map([
    ["IgnoreUnknown", "1"],
    ["K8S_POD_NAMESPACE", "default"],
    ["K8S_POD_NAME", podName],
    ["K8S_POD_INFRA_CONTAINER_ID", id],
    ["K8S_POD_UID", uidOf(podName)],
  ]);
  for (const [key, value] of changes) {
    if (value !== "") args.set(key, value);
    else for (const name of [...args.keys()].filter((candidate) => matchesGlob(candidate, key))) args.delete(name);
  }
  return [...args];
}

/** The UID of a pod: a UUID of version 4, the same for the same name. */
function uidOf(podName: string): string {
  const digits = containerIdOf(`pod ${podName}`);
  const part = (from: number, to: number): string => digits.slice(from, to);
  return [part(0, 8), part(8, 12), `4${part(13, 16)}`, `a${part(17, 20)}`, part(20, 32)].join("-");
}
