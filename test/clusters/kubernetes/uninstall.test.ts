/** The end of a plugin's own pods, and of those whose network went with it. */
import { expect, test } from "vitest";
import { deleteObjects, deleteStrandedPods } from "../../../clusters/kubernetes/uninstall.ts";
import type { Kubectl } from "../../../clusters/kubernetes/kubectl.ts";

interface PodLike {
  readonly name: string;
  readonly phase: string;
  readonly nodeName?: string;
  readonly hostNetwork?: boolean;
  readonly owner?: string;
}

const pods: readonly PodLike[] = [
  { name: "server", phase: "Running", nodeName: "a", owner: "ReplicaSet" },
  { name: "starting", phase: "Pending", nodeName: "a", owner: "ReplicaSet" },
  { name: "waiting", phase: "Pending", owner: "ReplicaSet" },
  { name: "proxy", phase: "Running", nodeName: "a", hostNetwork: true, owner: "DaemonSet" },
  { name: "job", phase: "Succeeded", nodeName: "a", owner: "ReplicaSet" },
  { name: "alone", phase: "Running", nodeName: "a" },
];

test("pods that have a network of the plugin, or are just getting one, are made anew; nobody else's are deleted", async () => {
  const deleted: string[] = [];
  const list = async (args: readonly string[]): Promise<unknown[]> => {
    expect(args).toEqual(["pods", "--all-namespaces", "--field-selector=status.phase!=Succeeded,status.phase!=Failed"]);
    return pods
      .filter(({ phase }) => phase !== "Succeeded")
      .map(({ name, phase, nodeName, hostNetwork, owner }) => ({
        metadata: { name, namespace: "x", ...(owner === undefined ? {} : { ownerReferences: [{ kind: owner }] }) },
        spec: { nodeName, hostNetwork },
        status: { phase },
      }));
  };
  const remove = async ([, name = ""]: readonly string[]): Promise<void> => void deleted.push(name);
  expect(await deleteStrandedPods({ list, remove } as unknown as Kubectl)).toEqual(["x/alone"]);
  expect(deleted).toEqual(["server", "starting"]);
});

test("pods of a plugin's deployment end while the plugin can still take their network off them", async () => {
  let [works, controllers] = [true, true];
  const run = async (args: readonly string[]): Promise<string> => {
    if (args.includes("-f")) works = false;
    else if (works && args.join(" ").includes("deployment controllers -n kube-system")) controllers = false;
    return "";
  };
  const list = async ([what, ...args]: readonly string[]): Promise<unknown[]> => {
    if (what !== "pods") return [{ spec: { selector: { matchLabels: { app: what } } } }];
    return controllers && args.includes("app=deployment") ? [{}] : [];
  };
  const until = async (what: string, look: () => Promise<true | null>): Promise<void> => {
    if ((await look()) === null) throw new Error(what);
  };
  const workloads = [
    { kind: "daemonset", name: "agent" },
    { kind: "deployment", name: "controllers" },
  ] as const;
  await deleteObjects(
    { list, run, until } as unknown as Kubectl,
    "manifests",
    workloads.map((one) => ({ ...one, namespace: "kube-system" })),
  );
  expect(works).toBe(false);
});
