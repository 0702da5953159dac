/** Objects that plugins, runners and deployments share. */
import { expect, test } from "vitest";
import {
  daemonSetObject,
  networkPolicyObject,
  objectList,
  serviceAccountObjects,
} from "../../../kubernetes/objects/builders.ts";

test("a daemonset also runs on nodes without a pod network, and does not pull images that a node has", () => {
  const agent = daemonSetObject({
    ...{ name: "agent", namespace: "net", account: "agent", volumes: [] },
    initContainers: [{ name: "install", image: "acme/agent:v1" }],
    containers: [{ name: "agent", image: "acme/agent:v1" }],
  });
  expect(agent.spec?.template.spec).toMatchObject({
    hostNetwork: true,
    tolerations: [{ operator: "Exists" }],
    initContainers: [{ imagePullPolicy: "IfNotPresent" }],
    containers: [{ imagePullPolicy: "IfNotPresent" }],
  });
  expect(agent.spec?.selector.matchLabels).toEqual(agent.spec?.template.metadata?.labels);
});

test("the account of a plugin is bound to a role with its rules", () => {
  const rules = [{ apiGroups: [""], resources: ["nodes"], verbs: ["list"] }];
  expect(serviceAccountObjects({ name: "agent", namespace: "net", rules })).toMatchObject([
    { kind: "ServiceAccount", metadata: { name: "agent", namespace: "net" } },
    { kind: "ClusterRole", rules },
    { kind: "ClusterRoleBinding", roleRef: { name: "agent" }, subjects: [{ name: "agent", namespace: "net" }] },
  ]);
});

test("a list contains the objects in order", () => {
  const policy = networkPolicyObject({ namespace: "n", name: "closed" }, { podSelector: {}, policyTypes: ["Ingress"] });
  expect(JSON.parse(objectList([policy]))).toEqual({ apiVersion: "v1", kind: "List", items: [policy] });
});
