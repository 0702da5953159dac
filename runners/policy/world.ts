/** The pods that policies are tried on: three namespaces with three pods each, spread over the nodes, as objects of the API. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../core/paths.ts";
import type { PodObject } from "../deployment.ts";
import { ownPod } from "../own-pods.ts";
import { PROTOCOLS, type Labels, type PolicyPod, type Question, type World } from "./model.ts";

const TEAMS = ["x", "y", "z"] as const;
const NAMES = ["a", "b", "c"] as const;
const PORTS = [
  { name: "first", number: 8080 },
  { name: "second", number: 8081 },
] as const;
/** Names of ports are unique in a pod, whatever their protocol. */
const SUFFIX = { TCP: "", UDP: "-udp" } as const;

/** A pod before it has an address. */
export type PlannedPod = Omit<PolicyPod, "ip"> & { readonly node: string };

/** The program of both ends of a probe. */
export function probeProgram(): string {
  return readFileSync(join(packageRoot(), "runners/policy/probe.pl"), "utf8");
}

/** @param prefix beginning of the names of the namespaces */
export function worldNamespaces(prefix: string): readonly { readonly name: string; readonly labels: Labels }[] {
  return TEAMS.map((team) => ({ name: `${prefix}-${team}`, labels: { team } }));
}

/** @param nodes names; pods of one name are on one node, so that there are pairs on one node and across */
export function plannedPods(prefix: string, nodes: readonly string[]): readonly PlannedPod[] {
  return worldNamespaces(prefix).flatMap(({ name: namespace }) =>
    NAMES.map((name, i) => ({
      name,
      namespace,
      labels: { pod: name },
      node: nodes[i % nodes.length] ?? "",
      ports: PROTOCOLS.flatMap((protocol) =>
        PORTS.map(({ name: port, number }) => ({ name: `${port}${SUFFIX[protocol]}`, protocol, number })),
      ),
    })),
  );
}

/** A server on all ports. */
export function podObject(pod: PlannedPod, image: string): PodObject {
  const ports = pod.ports.map(({ name, number, protocol }) => ({ name, containerPort: number, protocol }));
  const command = ["perl", "-e", probeProgram(), "serve", answerOf(pod), ...PORTS.map(({ number }) => String(number))];
  return ownPod({ ...pod, image, command, ports });
}

export function worldOf(prefix: string, pods: readonly PolicyPod[]): World {
  return { namespaces: Object.fromEntries(worldNamespaces(prefix).map(({ name, labels }) => [name, labels])), pods };
}

/** What the server of a pod answers: who it is. */
export function answerOf({ namespace, name }: Pick<PolicyPod, "namespace" | "name">): string {
  return `${namespace}.${name}`;
}

/** Every pod to every other, on every port. */
export function questionsOf({ pods }: World): readonly Question[] {
  return pods.flatMap((from) =>
    pods
      .filter((to) => to !== from)
      .flatMap((to) => to.ports.map(({ protocol, number }) => ({ from, to, protocol, port: number }))),
  );
}
