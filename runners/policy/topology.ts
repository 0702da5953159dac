/** The pods of the policy tests as API objects: three namespaces with three pods each, spread over the nodes. */
import { serveCommand } from "../../core/probe/probe.ts";
import { type Pod, podObject } from "../../kubernetes/index.ts";
import { PROTOCOLS, type Labels, type PolicyPod, type PolicyConnection, type Topology } from "./policy-model.ts";

const TEAM_LABELS = ["x", "y", "z"] as const;
const POD_NAMES = ["a", "b", "c"] as const;
const NAMED_PORTS = [
  { name: "first", number: 8080 },
  { name: "second", number: 8081 },
] as const;
/** Port names must be unique within a pod, even for different protocols. */
const PORT_NAME_SUFFIX = { TCP: "", UDP: "-udp" } as const;

/** A pod before it has an address. */
type PlannedPod = Omit<PolicyPod, "ip"> & { readonly node: string };

/** @param prefix prefix of the namespace names */
export function topologyNamespaces(prefix: string): readonly { readonly name: string; readonly labels: Labels }[] {
  return TEAM_LABELS.map((team) => ({ name: `${prefix}-${team}`, labels: { team } }));
}

/** @param nodes names; pods with the same name share a node, so there are pairs on one node and across nodes */
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

/** Returns a pod that serves all its ports. */
export function serverPod(pod: PlannedPod, image: string): Pod {
  const ports = pod.ports.map(({ name, number, protocol }) => ({ name, containerPort: number, protocol }));
  const command = serveCommand(
    answerOfServer(pod),
    NAMED_PORTS.map(({ number }) => number),
  );
  const { namespace, name, labels, node: nodeName } = pod;
  return podObject({ namespace, name, labels, nodeName, image, command, ports });
}

export function createTopology(prefix: string, pods: readonly PolicyPod[]): Topology {
  return { namespaces: Object.fromEntries(topologyNamespaces(prefix).map(({ name, labels }) => [name, labels])), pods };
}

/** Returns the answer of a pod's server, which identifies the pod. */
export function answerOfServer({ namespace, name }: Pick<PolicyPod, "namespace" | "name">): string {
  return `${namespace}.${name}`;
}

/** Returns the connections from every pod to every other pod, on every port. */
export function allConnections({ pods }: Topology): readonly PolicyConnection[] {
  return pods.flatMap((from) =>
    pods
      .filter((to) => to !== from)
      .flatMap((to) => to.ports.map(({ protocol, number }) => ({ from, to, protocol, port: number }))),
  );
}
