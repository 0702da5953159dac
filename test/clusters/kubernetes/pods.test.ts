/** The pods of a measurement, as they are given to the API. */
import { expect, test } from "vitest";
import { podObject } from "../../../clusters/kubernetes/pods.ts";

const home = { namespace: "cnibench-1", image: "load:1" };

test("a measured pod fits the restricted level of Pod Security, and its user may ping", () => {
  expect(podObject(home, { name: "client", nodeName: "n1", hostNetwork: false })).toMatchObject({
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

test("a pod in the network of its node sets no sysctl there", () => {
  const pod = podObject(home, { name: "node-1", nodeName: "n1", hostNetwork: true });
  expect(pod).toMatchObject({ spec: { hostNetwork: true } });
  expect(JSON.stringify(pod)).not.toContain("sysctls");
});
