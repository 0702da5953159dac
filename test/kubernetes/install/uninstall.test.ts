/** Deletion of a plugin's objects, and of the pods that lost their network with it. */
import { expect, test } from "vitest";
import { deleteObjects, deleteStrandedPods } from "../../../kubernetes/install/uninstall.ts";
import type { Kubectl } from "../../../kubernetes/client.ts";

interface FakePod {
  readonly name: string;
  readonly phase: string;
  readonly nodeName?: string;
  readonly hostNetwork?: boolean;
  readonly owner?: string;
}

const pods: readonly FakePod[] = [
  { name: "server", phase: "Running", nodeName: "a", owner: "ReplicaSet" },
  { name: "starting", phase: "Pending", nodeName: "a", owner: "ReplicaSet" },
  { name: "waiting", phase: "Pending", owner: "ReplicaSet" },
  { name: "proxy", phase: "Running", nodeName: "a", hostNetwork: true, owner: "DaemonSet" },
  { name: "job", phase: "Succeeded", nodeName: "a", owner: "ReplicaSet" },
  { name: "alone", phase: "Running", nodeName: "a" },
];

test("only controlled pods on a node's pod network are deleted; uncontrolled ones are returned", async () => {
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
  const deletePod = async ([, name = ""]: readonly string[]): Promise<void> => void deleted.push(name);
  expect(await deleteStrandedPods({ list, delete: deletePod } as unknown as Kubectl)).toEqual(["x/alone"]);
  expect(deleted).toEqual(["server", "starting"]);
});

test("Deployments are deleted before the DaemonSet that tears down their network", async () => {
  let [agentRuns, controllersRun] = [true, true];
  const run = async (args: readonly string[]): Promise<string> => {
    if (args.includes("-f")) agentRuns = false;
    else if (agentRuns && args.join(" ").includes("deployment controllers -n kube-system")) controllersRun = false;
    return "";
  };
  const list = async ([what, ...args]: readonly string[]): Promise<unknown[]> => {
    if (what !== "pods") return [{ spec: { selector: { matchLabels: { app: what } } } }];
    return controllersRun && args.includes("app=deployment") ? [{}] : [];
  };
  const waitFor = async (failure: string, check: () => Promise<true | null>): Promise<void> => {
    if ((await check()) === null) throw new Error(failure);
  };
  const workloads = [
    { kind: "daemonset", name: "agent" },
    { kind: "deployment", name: "controllers" },
  ] as const;
  await deleteObjects(
    { list, run, waitFor } as unknown as Kubectl,
    "manifests",
    workloads.map((one) => ({ ...one, namespace: "kube-system" })),
  );
  expect(agentRuns).toBe(false);
});
