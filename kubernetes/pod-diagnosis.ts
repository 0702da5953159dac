/** Detects pods that will never start, and explains why others are not ready. */
import { EnvironmentError, messageOf, printable } from "../core/errors.ts";
import type { Kubectl } from "./client.ts";
import { readEvent, readPod, type PodState, type WaitingContainer } from "./read.ts";

/** Waiting reasons that do not resolve on their own. */
const UNRECOVERABLE_REASONS = new Set([
  "ImagePullBackOff",
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
]);
/** Messages of pull errors that are permanent. Others may be caused by a registry that restarts. */
const PERMANENT_PULL_ERROR = /not found|denied|unauthorized|toomanyrequests|rate limit|no such host/i;
/** Limits that keep an explanation short enough for an error message. */
const MAX_PODS = 3;
const MAX_EVENTS = 3;
const MAX_LOG_LINES = 5;
const MAX_LINE_LENGTH = 300;

/**
 * Checks the containers of pods that are not running yet.
 * @param fix what to do about an image that is not available to the nodes
 * @throws EnvironmentError if a container waits for an image or a setting that will never be available
 */
export function throwIfPodsCannotStart(pods: readonly PodState[], fix: string): void {
  const stuck = pods.flatMap(({ waiting }) => waiting).find(waitsForever);
  if (stuck === undefined) return;
  const message = printable(stuck.message).slice(0, MAX_LINE_LENGTH);
  throw new EnvironmentError(`cannot use image ${printable(stuck.image)} (${stuck.reason}: ${message}); ${fix}`);
}

function waitsForever({ reason, message }: WaitingContainer): boolean {
  return UNRECOVERABLE_REASONS.has(reason) || (reason === "ErrImagePull" && PERMANENT_PULL_ERROR.test(message));
}

/**
 * Explains the phase, the most recent events and the end of the logs of pods that are not ready.
 * @param selection kubectl arguments that select pods
 * @returns lines; empty if all pods are ready
 */
export async function explainPods(kubectl: Kubectl, namespace: string, selection: readonly string[]): Promise<string> {
  const pods = (await kubectl.list(["pods", "-n", namespace, ...selection])).map(readPod);
  if (pods.length === 0) return `namespace ${namespace} has no matching pods`;
  const unready = pods.filter(({ ready }) => !ready);
  const parts = unready.slice(0, MAX_PODS).map((pod) => explainPod(kubectl, namespace, pod));
  return (await Promise.all(parts)).flat().join("\n");
}

async function explainPod(kubectl: Kubectl, namespace: string, pod: PodState): Promise<string[]> {
  const { name, nodeName, phase } = pod;
  const events = await kubectl
    .list(["events", "-n", namespace, "--field-selector", `involvedObject.name=${name}`])
    .catch(() => []);
  const logs = await kubectl
    .run(["logs", "-n", namespace, name, "--all-containers", `--tail=${MAX_LOG_LINES}`], { timeout: 10 })
    .catch(messageOf);
  const lines = [
    `pod ${name} on ${nodeName ?? "no node yet"} is ${phase ?? "unknown"}`,
    ...events
      .slice(-MAX_EVENTS)
      .map(readEvent)
      .map(({ reason, message }) => `  event ${reason}: ${message}`),
    ...logs
      .trim()
      .split("\n")
      .slice(-MAX_LOG_LINES)
      .map((line) => `  log: ${line}`),
  ];
  return lines.map((line) => printable(line.replaceAll("\n", " ")).slice(0, MAX_LINE_LENGTH));
}
