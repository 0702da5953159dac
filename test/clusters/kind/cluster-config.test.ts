/** The configuration and names of kind clusters, and the checks of their prerequisites. */
import { expect, test } from "vitest";
import type { KubernetesSpec } from "../../../clusters/cluster.ts";
import { dockerProblems, memoryProblems } from "../../../clusters/kind/prerequisites.ts";
import { NODE_IMAGE_ARCHIVE, kindConfig, mirrorConfig } from "../../../clusters/kind/cluster-config.ts";
import { clusterName, clusterOwner } from "../../../clusters/kind/names.ts";
import { ownIdentity } from "../../../core/process-identity.ts";
import type { Output } from "../../../core/shell.ts";
import { outputOf } from "../../helpers/fake-host.ts";

const SPEC: KubernetesSpec = { cni: "none", kubeProxyMode: "none" };

test("the configuration has one control plane, no default CNI, and the image archive on every node", () => {
  expect(JSON.parse(kindConfig(3, SPEC, "/here/images.tar"))).toEqual({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { disableDefaultCNI: true, podSubnet: "10.244.0.0/16", kubeProxyMode: "none" },
    nodes: ["control-plane", "worker", "worker"].map((role) => ({
      role,
      extraMounts: [{ hostPath: "/here/images.tar", containerPath: NODE_IMAGE_ARCHIVE, readOnly: true }],
    })),
  });
});

test("the default CNI is enabled when it is measured", () => {
  expect(JSON.parse(kindConfig(1, { ...SPEC, cni: "default" }))).toMatchObject({
    networking: { disableDefaultCNI: false },
    nodes: [{ role: "control-plane" }],
  });
});

test("the mirror configuration names the mirror", () => {
  expect(mirrorConfig("10.0.0.1:5000")).toContain('[host."http://10.0.0.1:5000"]');
});

test("a cluster name contains the owning process and leaves room for the host names of nodes", () => {
  const name = clusterName("2026-01-31T12-00-00-abc123");
  expect(name).toMatch(/^cnibench-20260131t120000a-p\d{1,7}-[0-9a-f]{8}-[0-9a-f]{4}$/);
  expect(name.replace(/-p\d+-/, "-p4194304-").length).toBeLessThanOrEqual(63 - "-control-plane".length);
  expect(clusterOwner(name)).toEqual(ownIdentity());
  expect(clusterOwner("cnibench-2026-01-31t12-00-00-abc123-p4194304-0f0f")).toEqual({ pid: 4_194_304, birth: null });
});

test.each(["kind", "cnibench", "cnibench-mine", "my-cnibench-x-p1-abcd", "cnibench-x-p1-abcde"])(
  "%s is not recognized as a cluster name of cnibench",
  (name) => {
    expect(clusterOwner(name)).toBeNull();
  },
);

const failed = (stderr: string): Output => outputOf([], { stderr, exitCode: 1 });

test.each([
  ["permission denied while trying to connect to the Docker daemon socket", /user .*Docker/],
  [
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    /daemon is not running/,
  ],
  ["strange\nthing", /docker info failed: thing$/],
])("docker info fails with %j", (stderr, message) => {
  expect(dockerProblems(failed(stderr))).toEqual([
    { message: expect.stringMatching(message) as string, fix: expect.any(String) as string },
  ]);
});

test("too little free memory is a problem", () => {
  expect(memoryProblems(2, "MemAvailable:    2000000 kB\n")).toEqual([]);
  expect(memoryProblems(2, "MemAvailable:     500000 kB\n")).toMatchObject([
    { message: expect.stringMatching(/^2 nodes .*800 MB.*512 MB/) as string },
  ]);
});
