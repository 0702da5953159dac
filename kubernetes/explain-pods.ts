/** Explains why pods are not ready: their phase, their most recent events and the end of their logs. */
import { messageOf, printable } from "../core/errors.ts";
import { valueAt, stringAt } from "../core/json.ts";
import type { Kubectl } from "./client.ts";

/** Limits that keep an explanation short enough for an error message. */
const MAX_PODS = 3;
const MAX_EVENTS = 3;
const MAX_LOG_LINES = 5;
const MAX_LINE_LENGTH = 300;

/**
 * Explains the selected pods.
 * @param selection kubectl arguments that select pods
 * @returns lines; empty if all pods are ready
 */
export async function explainPods(kubectl: Kubectl, namespace: string, selection: readonly string[]): Promise<string> {
  const pods = await kubectl.list(["pods", "-n", namespace, ...selection]);
  const unready = pods.filter((pod) => !isReady(pod));
  if (pods.length === 0) return `namespace ${namespace} has no matching pods`;
  const parts = unready.slice(0, MAX_PODS).map((pod) => explainPod(kubectl, namespace, pod));
  return (await Promise.all(parts)).flat().join("\n");
}

/** Reports whether the Ready condition is true. @param object a pod or a node */
export function isReady(object: unknown): boolean {
  const conditions = valueAt(object, "status", "conditions");
  return (
    Array.isArray(conditions) &&
    (conditions as unknown[]).some((one) => stringAt(one, "type") === "Ready" && stringAt(one, "status") === "True")
  );
}

async function explainPod(kubectl: Kubectl, namespace: string, pod: unknown): Promise<string[]> {
  const name = stringAt(pod, "metadata", "name") ?? "";
  const events = await kubectl
    .list(["events", "-n", namespace, "--field-selector", `involvedObject.name=${name}`])
    .catch(() => []);
  const logs = await kubectl
    .run(["logs", "-n", namespace, name, "--all-containers", `--tail=${MAX_LOG_LINES}`], { timeout: 10 })
    .catch(messageOf);
  const node = stringAt(pod, "spec", "nodeName") ?? "no node yet";
  const lines = [
    `pod ${name} on ${node} is ${stringAt(pod, "status", "phase") ?? "unknown"}`,
    ...events
      .slice(-MAX_EVENTS)
      .map((event) => `  event ${stringAt(event, "reason") ?? ""}: ${stringAt(event, "message") ?? ""}`),
    ...logs
      .trim()
      .split("\n")
      .slice(-MAX_LOG_LINES)
      .map((line) => `  log: ${line}`),
  ];
  return lines.map((line) => printable(line.replaceAll("\n", " ")).slice(0, MAX_LINE_LENGTH));
}
