/** What kind is asked for, what its clusters are called, and what is said of a machine that cannot have them. */
import { expect, test } from "vitest";
import type { KubernetesSpec } from "../../../clusters/cluster.ts";
import { dockerProblems, memoryProblems } from "../../../clusters/kind/check.ts";
import { NODE_IMAGE_ARCHIVE, kindConfig, mirrorConfig } from "../../../clusters/kind/config.ts";
import { clusterName, clusterOwnerPid } from "../../../clusters/kind/names.ts";
import type { Output } from "../../../core/shell.ts";

const SPEC: KubernetesSpec = {
  runId: "x",
  cni: "none",
  podCidr: "10.244.0.0/16",
  kubeProxyMode: "none",
  loadImage: "load:1",
  logs: null,
};

test("a cluster has one control plane, no CNI plugin of kind's, and the archive of images on every node", () => {
  expect(JSON.parse(kindConfig(3, { ...SPEC, imageArchive: "/here/images.tar" }))).toEqual({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { disableDefaultCNI: true, podSubnet: "10.244.0.0/16", kubeProxyMode: "none" },
    nodes: ["control-plane", "worker", "worker"].map((role) => ({
      role,
      extraMounts: [{ hostPath: "/here/images.tar", containerPath: NODE_IMAGE_ARCHIVE, readOnly: true }],
    })),
  });
});

test("kind's own plugin stays where it is what is measured", () => {
  expect(JSON.parse(kindConfig(1, { ...SPEC, cni: "default" }))).toMatchObject({
    networking: { disableDefaultCNI: false },
    nodes: [{ role: "control-plane" }],
  });
});

test("a mirror is asked for the images of all registries", () => {
  expect(mirrorConfig("10.0.0.1:5000")).toContain('[host."http://10.0.0.1:5000"]');
});

test("a name says which process made it, and leaves room for the host names of nodes", () => {
  const name = clusterName("2026-01-31T12-00-00-abc123", 4_194_304);
  expect(name).toMatch(/^cnibench-2026-01-31t12-00-00-abc123-p4194304-[0-9a-f]{4}$/);
  expect(`${name}-control-plane`.length).toBeLessThanOrEqual(63);
  expect(clusterOwnerPid(name)).toBe(4_194_304);
});

test.each(["kind", "cnibench", "cnibench-mine", "my-cnibench-x-p1-abcd", "cnibench-x-p1-abcde"])(
  "%s is no cluster of ours",
  (name) => {
    expect(clusterOwnerPid(name)).toBeNull();
  },
);

const failed = (stderr: string): Output => ({
  argv: [],
  where: "",
  stdout: "",
  stderr,
  exitCode: 1,
  signal: null,
  duration: 0,
  ended: null,
  startError: null,
});

test.each([
  ["permission denied while trying to connect to the Docker daemon socket", "this user may not use Docker"],
  [
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "Docker does not run",
  ],
  ["strange\nthing", "docker info fails: thing"],
])("docker that says %j", (stderr, message) => {
  expect(dockerProblems(failed(stderr)).map((problem) => problem.message)).toEqual([message]);
});

test("memory", () => {
  expect(memoryProblems(2, "MemAvailable:    2000000 kB\n")).toEqual([]);
  expect(memoryProblems(2, "MemAvailable:     500000 kB\n")).toMatchObject([
    { message: "2 nodes need about 800 MB of memory, and 512 MB are free" },
  ]);
});
