/** The API objects of measured pods. */
import { expect, test } from "vitest";
import { podObject } from "../../kubernetes/pods.ts";

const podNamespace = { namespace: "cnibench-1", image: "load:1" };

test("a measured pod meets the restricted Pod Security level, and its user may ping", () => {
  expect(podObject(podNamespace, { name: "client", nodeName: "n1", hostNetwork: false })).toMatchObject({
    spec: {
      hostNetwork: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        seccompProfile: { type: "RuntimeDefault" },
        sysctls: [{ name: "net.ipv4.ping_group_range", value: "0 2147483647" }],
      },
      containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } }],
    },
  });
});

test("a pod in the network of its node sets no sysctls", () => {
  const pod = podObject(podNamespace, { name: "node-1", nodeName: "n1", hostNetwork: true });
  expect(pod).toMatchObject({ spec: { hostNetwork: true } });
  expect(JSON.stringify(pod)).not.toContain("sysctls");
});
