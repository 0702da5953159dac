/** The pods that policies are tried on: three namespaces with three pods each, spread over the nodes, as objects of the API. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../core/paths.ts";
import type { PodObject } from "../deployment.ts";
import { runnerPod } from "../runner-pods.ts";
import { PROTOCOLS, type Labels, type PolicyPod, type Connection, type Topology } from "./model.ts";

const TEAM_LABELS = ["x", "y", "z"] as const;
const POD_NAMES = ["a", "b", "c"] as const;
const NAMED_PORTS = [
  { name: "first", number: 8080 },
  { name: "second", number: 8081 },
] as const;
/** Names of ports are unique in a pod, whatever their protocol. */
const PORT_NAME_SUFFIX = { TCP: "", UDP: "-udp" } as const;

/** A pod before it has an address. */
export type PlannedPod = Omit<PolicyPod, "ip"> & { readonly node: string };

/** The program of both ends of a probe. */
export function probeProgram(): string {
  return readFileSync(join(packageRoot(), "runners/policy/probe.pl"), "utf8");
}

/** @param prefix beginning of the names of the namespaces */
export function topologyNamespaces(prefix: string): readonly { readonly name: string; readonly labels: Labels }[] {
  return TEAM_LABELS.map((team) => ({ name: `${prefix}-${team}`, labels: { team } }));
}

/** @param nodes names; pods of one name are on one node, so that there are pairs on one node and across */
export function plannedPods(prefix: string, nodes: readonly string[]): readonly PlannedPod[] {
  return topologyNamespaces(prefix).flatMap(({ name: namespace }) =>
    POD_NAMES.map((name, i) => ({
      name,
      namespace,
      labels: { pod: name },
      node: nodes[i % nodes.length] ?? "",
      ports: PROTOCOLS.flatMap((protocol) =>
        NAMED_PORTS.map(({ name: port, number }) => ({
          name: `${port}${PORT_NAME_SUFFIX[protocol]}`,
          protocol,
          number,
        })),
      ),
    })),
  );
}

/** A server on all ports. */
export function podObject(pod: PlannedPod, image: string): PodObject {
  const ports = pod.ports.map(({ name, number, protocol }) => ({ name, containerPort: number, protocol }));
  const command = [
    "perl",
    "-e",
    probeProgram(),
    "serve",
    answerOfServer(pod),
    ...NAMED_PORTS.map(({ number }) => String(number)),
  ];
  return runnerPod({ ...pod, image, command, ports });
}

export function createTopology(prefix: string, pods: readonly PolicyPod[]): Topology {
  return { namespaces: Object.fromEntries(topologyNamespaces(prefix).map(({ name, labels }) => [name, labels])), pods };
}

/** What the server of a pod answers: who it is. */
export function answerOfServer({ namespace, name }: Pick<PolicyPod, "namespace" | "name">): string {
  return `${namespace}.${name}`;
}

/** Every pod to every other, on every port. */
export function allConnections({ pods }: Topology): readonly Connection[] {
  return pods.flatMap((from) =>
    pods
      .filter((to) => to !== from)
      .flatMap((to) => to.ports.map(({ protocol, number }) => ({ from, to, protocol, port: number }))),
  );
}
