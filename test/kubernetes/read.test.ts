/** Reading objects of the API, whose content any user of the cluster may have written. */
import { describe, expect, test } from "vitest";
import {
  podSelector,
  readConditions,
  readContainers,
  readNode,
  readObject,
  readPod,
  readRollout,
  readService,
} from "../../kubernetes/read.ts";

const HOSTILE = [undefined, null, 1, "text", [], { metadata: 1, spec: [], status: "x" }];
const HOSTILE_STATUS = {
  metadata: { name: 1, labels: [1], annotations: "x", ownerReferences: {} },
  spec: { nodeName: {}, hostNetwork: "true", template: { spec: { containers: [null, { image: 1, env: "x" }] } } },
  status: { conditions: [null, { type: "Ready", status: true }], addresses: {}, containerStatuses: [1] },
};

test.each([...HOSTILE, HOSTILE_STATUS])("no field of %j is read as anything but missing", (object) => {
  expect(readObject(object)).toEqual({
    ...{ apiVersion: "", kind: "", name: "", namespace: null },
    ...{ labels: {}, annotations: {} },
  });
  expect(readNode(object)).toMatchObject({ name: "", internalIp: null, podCidr: null, ready: false, cordoned: false });
  expect(readPod(object)).toMatchObject({
    ...{ name: "", namespace: "", uid: null, nodeName: null, hostNetwork: false, phase: null, ip: null },
    ...{ ready: false, owners: [], waiting: [] },
  });
  expect(readRollout("daemonset", object)).toEqual({ observed: false, wanted: 0, updated: 0, available: 0 });
  expect(readService(object)).toEqual({ clusterIp: null, ingress: { ip: null, hostname: null } });
  expect(readContainers(object).every(({ image, env }) => image === "" && env.size === 0)).toBe(true);
  expect(podSelector(object)).toBe("");
});

describe("a node", () => {
  const node = {
    metadata: { name: "n1", labels: { zone: "a" } },
    spec: { podCIDR: "10.0.1.0/24", unschedulable: true },
    status: {
      addresses: [
        { type: "Hostname", address: "n1" },
        { type: "InternalIP", address: "192.0.2.1" },
        { type: "InternalIP", address: "fd00::1" },
      ],
      conditions: [
        { type: "DiskPressure", status: "False" },
        { type: "Ready", status: "True", message: "kubelet is ready", lastTransitionTime: "1970-01-01T00:00:05Z" },
      ],
      nodeInfo: { operatingSystem: "linux" },
    },
  };

  test("has the first internal address", () => {
    expect(readNode(node)).toEqual({
      ...{ name: "n1", labels: { zone: "a" }, internalIp: "192.0.2.1", podCidr: "10.0.1.0/24" },
      ...{ ready: true, readyMessage: "kubelet is ready", cordoned: true, operatingSystem: "linux" },
    });
  });

  test("has conditions with the time of their last change", () => {
    expect(readConditions(node)[1]).toEqual({
      ...{ type: "Ready", isTrue: true, message: "kubelet is ready", changedAt: 5 },
    });
  });
});

test("the waiting containers of a pod include its init containers", () => {
  const waiting = (reason: string): object => ({ image: "i", state: { waiting: { reason } } });
  const { waiting: found } = readPod({
    status: {
      initContainerStatuses: [waiting("ErrImagePull")],
      containerStatuses: [{ image: "i", state: { running: {} } }, waiting("PodInitializing")],
    },
  });
  expect(found.map(({ reason }) => reason)).toEqual(["ErrImagePull", "PodInitializing"]);
});

test("a deployment wants one pod unless it has another number", () => {
  const status = { observedGeneration: 2, updatedReplicas: 1, availableReplicas: 1 };
  const deployment = { metadata: { generation: 2 }, status };
  expect(readRollout("deployment", deployment)).toEqual({ observed: true, wanted: 1, updated: 1, available: 1 });
  expect(readRollout("deployment", { ...deployment, spec: { replicas: 3 } })).toMatchObject({ wanted: 3 });
  expect(readRollout("deployment", { ...deployment, metadata: { generation: 3 } })).toMatchObject({ observed: false });
});
