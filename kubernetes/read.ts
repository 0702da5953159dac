/**
 * Reads the objects that the API returns. They are untrusted, because any user of the cluster may have written them: a
 * field that is missing or of an unexpected type reads as null or as empty, never as an error.
 */
import { listAt, numberAt, stringAt, valueAt } from "../core/untrusted-json.ts";
import type { Workload } from "./api-types.ts";

/** What every object has. Missing strings are empty. */
export interface ObjectState {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** null for an object of the entire cluster. */
  readonly namespace: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function readObject(object: unknown): ObjectState {
  return {
    apiVersion: stringAt(object, "apiVersion") ?? "",
    kind: stringAt(object, "kind") ?? "",
    name: nameOf(object),
    namespace: stringAt(object, "metadata", "namespace"),
    labels: stringsAt(object, "metadata", "labels"),
    annotations: stringsAt(object, "metadata", "annotations"),
  };
}

/** Returns the name of an object; empty if it has none. */
export function nameOf(object: unknown): string {
  return stringAt(object, "metadata", "name") ?? "";
}

/** An entry of `status.conditions`. */
interface Condition {
  readonly type: string | null;
  readonly isTrue: boolean;
  readonly message: string | null;
  /** Seconds since the epoch; NaN if unknown. */
  readonly changedAt: number;
}

export function readConditions(object: unknown): readonly Condition[] {
  return listAt(object, "status", "conditions").map((condition) => ({
    type: stringAt(condition, "type"),
    isTrue: stringAt(condition, "status") === "True",
    message: stringAt(condition, "message"),
    changedAt: Date.parse(stringAt(condition, "lastTransitionTime") ?? "") / 1000,
  }));
}

/** Returns the condition `Ready`. @param object a pod or a node */
export function readyCondition(object: unknown): Condition | undefined {
  return readConditions(object).find(({ type }) => type === "Ready");
}

export interface NodeState {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly internalIp: string | null;
  readonly podCidr: string | null;
  readonly ready: boolean;
  /** Message of the condition `Ready`. */
  readonly readyMessage: string | null;
  readonly cordoned: boolean;
  readonly operatingSystem: string | null;
}

export function readNode(node: unknown): NodeState {
  const { name, labels } = readObject(node);
  const address = listAt(node, "status", "addresses").find((one) => stringAt(one, "type") === "InternalIP");
  const ready = readyCondition(node);
  return {
    name,
    labels,
    internalIp: stringAt(address, "address"),
    podCidr: stringAt(node, "spec", "podCIDR"),
    ready: ready?.isTrue ?? false,
    readyMessage: ready?.message ?? null,
    cordoned: valueAt(node, "spec", "unschedulable") === true,
    operatingSystem: stringAt(node, "status", "nodeInfo", "operatingSystem"),
  };
}

export interface PodState {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string | null;
  readonly nodeName: string | null;
  readonly hostNetwork: boolean;
  /** `Pending`, `Running`, `Succeeded`, ... */
  readonly phase: string | null;
  readonly ip: string | null;
  readonly ready: boolean;
  readonly owners: readonly { readonly kind: string | null; readonly name: string | null }[];
  /** Its containers that wait for something. */
  readonly waiting: readonly WaitingContainer[];
}

export interface WaitingContainer {
  readonly image: string;
  readonly reason: string;
  readonly message: string;
}

export function readPod(pod: unknown): PodState {
  return {
    name: nameOf(pod),
    namespace: stringAt(pod, "metadata", "namespace") ?? "",
    uid: stringAt(pod, "metadata", "uid"),
    nodeName: stringAt(pod, "spec", "nodeName"),
    hostNetwork: valueAt(pod, "spec", "hostNetwork") === true,
    phase: stringAt(pod, "status", "phase"),
    ip: stringAt(pod, "status", "podIP"),
    ready: readyCondition(pod)?.isTrue ?? false,
    owners: listAt(pod, "metadata", "ownerReferences").map((owner) => ({
      kind: stringAt(owner, "kind"),
      name: stringAt(owner, "name"),
    })),
    waiting: ["initContainerStatuses", "containerStatuses"].flatMap((key) => waitingContainers(pod, key)),
  };
}

function waitingContainers(pod: unknown, key: string): readonly WaitingContainer[] {
  return listAt(pod, "status", key).flatMap((status) => {
    const waiting = valueAt(status, "state", "waiting");
    if (waiting === undefined) return [];
    const image = stringAt(status, "image") ?? "";
    return [{ image, reason: stringAt(waiting, "reason") ?? "", message: stringAt(waiting, "message") ?? "" }];
  });
}

/** The rollout of a DaemonSet or Deployment, as its controller reports it. */
interface RolloutState {
  /** Whether the controller has seen the current specification. */
  readonly observed: boolean;
  /** Numbers of pods. */
  readonly wanted: number;
  readonly updated: number;
  readonly available: number;
}

export function readRollout(kind: Workload["kind"], object: unknown): RolloutState {
  const status = (key: string): number => numberAt(object, "status", key) ?? 0;
  return {
    observed: status("observedGeneration") >= (numberAt(object, "metadata", "generation") ?? 1),
    ...(kind === "daemonset"
      ? {
          wanted: status("desiredNumberScheduled"),
          updated: status("updatedNumberScheduled"),
          available: status("numberAvailable"),
        }
      : {
          wanted: numberAt(object, "spec", "replicas") ?? 1,
          updated: status("updatedReplicas"),
          available: status("availableReplicas"),
        }),
  };
}

/** Returns the pod labels of a DaemonSet or Deployment in kubectl's selector syntax. */
export function podSelector(workload: unknown): string {
  const labels = stringsAt(workload, "spec", "selector", "matchLabels");
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

/** A container of a pod template. */
interface ContainerState {
  readonly image: string;
  /** Variables by name; null: the value is not in the object. */
  readonly env: ReadonlyMap<string, string | null>;
}

/** @param workload a DaemonSet or Deployment */
export function readContainers(workload: unknown): readonly ContainerState[] {
  return listAt(workload, "spec", "template", "spec", "containers").map((container) => ({
    image: stringAt(container, "image") ?? "",
    env: new Map(
      listAt(container, "env").map((variable) => [stringAt(variable, "name") ?? "", stringAt(variable, "value")]),
    ),
  }));
}

interface ServiceState {
  readonly clusterIp: string | null;
  /** Address that a load balancer assigned: an IP address or a host name. */
  readonly ingress: { readonly ip: string | null; readonly hostname: string | null };
}

export function readService(service: unknown): ServiceState {
  const [first] = listAt(service, "status", "loadBalancer", "ingress");
  return {
    clusterIp: stringAt(service, "spec", "clusterIP"),
    ingress: { ip: stringAt(first, "ip"), hostname: stringAt(first, "hostname") },
  };
}

export function readEvent(event: unknown): { readonly reason: string; readonly message: string } {
  return { reason: stringAt(event, "reason") ?? "", message: stringAt(event, "message") ?? "" };
}

/** Returns the settings of a ConfigMap. */
export function readConfigMap(configMap: unknown): Readonly<Record<string, string>> {
  return stringsAt(configMap, "data");
}

/** Returns the entries of a map at a path whose values are strings. */
function stringsAt(object: unknown, ...path: readonly string[]): Readonly<Record<string, string>> {
  const map = valueAt(object, ...path);
  const entries = typeof map === "object" && map !== null ? Object.entries(map) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
