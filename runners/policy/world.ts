/** The pods that policies are tried on: three namespaces with three pods each, spread over the nodes, as objects of the API. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../core/paths.ts";
import { PROTOCOLS, type PolicyPod, type Question, type World } from "./model.ts";

const TEAMS = ["x", "y", "z"] as const;
const NAMES = ["a", "b", "c"] as const;
const PORTS = [
  { name: "first", number: 8080 },
  { name: "second", number: 8081 },
] as const;
/** Names of ports are unique in a pod, whatever their protocol. */
const SUFFIX = { TCP: "", UDP: "-udp" } as const;

export interface WorldOptions {
  /** Beginning of the names of the namespaces. */
  readonly prefix: string;
  /** Names of nodes; pods of one name are on one node, so that there are pairs on one node and across. */
  readonly nodes: readonly string[];
  readonly image: string;
  /** What every object is marked with, to be found and removed. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The program of both ends of a probe. */
export function probeProgram(): string {
  return readFileSync(join(packageRoot(), "runners/policy/probe.pl"), "utf8");
}

/** The pods before they have addresses. */
export function plannedPods({ prefix, nodes }: WorldOptions): readonly (Omit<PolicyPod, "ip"> & { readonly node: string })[] {
  return TEAMS.flatMap((team) =>
    NAMES.map((name, i) => ({
      name,
      namespace: `${prefix}-${team}`,
      labels: { pod: name },
      node: nodes[i % nodes.length] ?? "",
      ports: PROTOCOLS.flatMap((protocol) => PORTS.map(({ name: port, number }) => ({ name: `${port}${SUFFIX[protocol]}`, protocol, number }))),
    })),
  );
}

/** Namespaces first. Pods fit the restricted level of Pod Security. */
export function worldObjects(options: WorldOptions): readonly object[] {
  const { prefix, labels } = options;
  const namespaces = TEAMS.map((team) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name: `${prefix}-${team}`, labels: { ...labels, team } } }));
  return [...namespaces, ...plannedPods(options).map((pod) => podObject(pod, options))];
}

function podObject(pod: ReturnType<typeof plannedPods>[number], { image, labels }: WorldOptions): object {
  const { name, namespace, node, ports } = pod;
  const numbers = PORTS.map(({ number }) => String(number));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { ...labels, ...pod.labels } },
    spec: {
      nodeName: node,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      tolerations: [{ operator: "Exists" }],
      securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["perl", "-e", probeProgram(), "serve", answerOf(pod), ...numbers],
          ports: ports.map((port) => ({ name: port.name, containerPort: port.number, protocol: port.protocol })),
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}

export function worldOf(options: WorldOptions, pods: readonly PolicyPod[]): World {
  return { namespaces: Object.fromEntries(TEAMS.map((team) => [`${options.prefix}-${team}`, { team }])), pods };
}

/** What the server of a pod answers: who it is. */
export function answerOf({ namespace, name }: Pick<PolicyPod, "namespace" | "name">): string {
  return `${namespace}.${name}`;
}

/** Every pod to every other, on every port. */
export function questionsOf({ pods }: World): readonly Question[] {
  return pods.flatMap((from) =>
    pods.filter((to) => to !== from).flatMap((to) => to.ports.map(({ protocol, number }) => ({ from, to, protocol, port: number }))),
  );
}
