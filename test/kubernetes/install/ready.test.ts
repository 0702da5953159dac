/** Waiting for an installed plugin. */
import { expect, test } from "vitest";
import {
  waitForNameServer,
  waitForNodeFiles,
  waitForReadyNodes,
  waitForRollout,
} from "../../../kubernetes/install/ready.ts";
import type { Node } from "../../../core/model.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { fakeKubectl, printed } from "../../helpers/fake-kubectl.ts";

const { signal } = new AbortController();

test("waitForNodeFiles polls every node until a daemon has written its files", async () => {
  const commands: string[] = [];
  /** A node whose files exist after a number of checks. */
  const node = (name: string, checks: number): Node => {
    const exec = async (argv: readonly string[]): Promise<object> => {
      commands.push(`${name} ${argv.join(" ")}`);
      return { exitCode: checks-- > 0 ? 1 : 0, ended: null, startError: null };
    };
    return { name, shell: { exec } } as unknown as Node;
  };
  await waitForNodeFiles(fakeHost(), {
    nodes: [node("a", 0), node("b", 2)],
    files: ["/run/flannel/subnet.env"],
    root: "/host",
  });
  expect(commands.filter((one) => one === "b test -e /host/run/flannel/subnet.env")).toHaveLength(3);
  expect(commands[0]).toBe("a test -e /host/run/flannel/subnet.env");
});

const AGENT = { kind: "daemonset", namespace: "net", name: "agent" } as const;

/** A DaemonSet with numbers of pods as its controller reports them. */
function daemonset(wanted: number, updated: number, available: number): object {
  return {
    metadata: { generation: 1 },
    spec: { selector: { matchLabels: { app: "agent" } } },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: wanted,
      updatedNumberScheduled: updated,
      numberAvailable: available,
    },
  };
}

test("a rollout is complete when all pods of a positive number are updated and available", async () => {
  const states = [daemonset(0, 0, 0), daemonset(2, 1, 2), daemonset(2, 2, 1), daemonset(2, 2, 2)];
  const { kubectl, calls } = fakeKubectl({
    "get daemonset agent": () => ({ stdout: JSON.stringify(states.shift()) }),
    "get pods -n net -l app=agent": printed({ items: [] }),
  });
  await waitForRollout(kubectl, AGENT, signal);
  expect(calls().filter((call) => call.startsWith("get daemonset"))).toHaveLength(4);
});

test("a rollout fails as soon as a pod of the workload cannot start", async () => {
  const waiting = { reason: "ImagePullBackOff", message: "Back-off pulling image" };
  const pod = { status: { containerStatuses: [{ image: "acme/agent:v1", state: { waiting } }] } };
  const { kubectl } = fakeKubectl({
    "get daemonset agent": printed(daemonset(1, 1, 0)),
    "get pods -n net -l app=agent": printed({ items: [pod] }),
  });
  await expect(waitForRollout(kubectl, AGENT, signal)).rejects.toThrow(
    /^cannot use image acme\/agent:v1 \(ImagePullBackOff: .*--registry-mirror HOST:PORT$/,
  );
});

test("waitForReadyNodes waits for the last node", async () => {
  const node = (status: string): object => ({ status: { conditions: [{ type: "Ready", status }] } });
  const states = [
    [node("False"), node("True")],
    [node("True"), node("True")],
  ];
  const { kubectl, calls } = fakeKubectl({
    "get nodes": () => ({ stdout: JSON.stringify({ items: states.shift() }) }),
  });
  await waitForReadyNodes(kubectl, signal);
  expect(calls()).toHaveLength(2);
});

test("a cluster without a name server needs no wait", async () => {
  const { kubectl, calls } = fakeKubectl({ "get deployments -n kube-system": printed({ items: [] }) });
  await waitForNameServer(kubectl, signal);
  expect(calls()).toHaveLength(1);
});
