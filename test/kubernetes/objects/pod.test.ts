/** The API objects of pods. */
import { expect, test } from "vitest";
import { podObject, podSpec } from "../../../kubernetes/objects/pod.ts";

const identity = { namespace: "cnibench-1", name: "client" };

test("a pod meets the restricted Pod Security level, and its user may ping", () => {
  const pod = podObject({ ...identity, image: "load:1", nodeName: "n1", labels: { a: "b" } });
  expect(pod).toMatchObject({
    metadata: { ...identity, labels: { a: "b" } },
    spec: {
      nodeName: "n1",
      hostNetwork: false,
      activeDeadlineSeconds: 6 * 3600,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        seccompProfile: { type: "RuntimeDefault" },
        sysctls: [{ name: "net.ipv4.ping_group_range", value: "0 2147483647" }],
      },
      containers: [
        {
          command: ["sleep", "infinity"],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  });
});

test("a pod in the network of its node sets no sysctls", () => {
  const pod = podObject({ ...identity, image: "load:1", access: "host network" });
  expect(pod).toMatchObject({ spec: { hostNetwork: true } });
  expect(JSON.stringify(pod)).not.toContain("sysctls");
});

test("only a pod for node access is privileged and sees the files of the node", () => {
  const text = (access: "restricted" | "host network" | "node root"): string =>
    JSON.stringify(podObject({ ...identity, image: "load:1", access }));
  expect(podObject({ ...identity, image: "load:1", access: "node root" })).toMatchObject({
    spec: {
      hostNetwork: true,
      volumes: [{ name: "root", hostPath: { path: "/" } }],
      containers: [{ securityContext: { privileged: true }, volumeMounts: [{ name: "root", mountPath: "/host" }] }],
    },
  });
  for (const access of ["restricted", "host network"] as const) expect(text(access)).not.toMatch(/privileged|hostPath/);
});

test("the pod spec of a template leaves the node to the scheduler and has no deadline, which the API rejects", () => {
  const spec = podSpec({ image: "load:1", command: ["true"] });
  expect(spec).not.toHaveProperty("nodeName");
  expect(spec).not.toHaveProperty("activeDeadlineSeconds");
  expect(spec.containers[0]?.command).toEqual(["true"]);
});
