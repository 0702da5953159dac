/** Names in the API. */
import { expect, test } from "vitest";
import { apiGroup, apiPath, discoverResourceNames, guessResourceName } from "../../kubernetes/resource-names.ts";
import { fakeKubectl, printed } from "../helpers/fake-kubectl.ts";

const { signal } = new AbortController();

test.each([
  ["Pod", "pods"],
  ["NetworkPolicy", "networkpolicies"],
  ["Ingress", "ingresses"],
  ["Endpoints", "endpoints"],
])("the resource name of %s is %s", (kind, name) => {
  expect(guessResourceName(kind)).toBe(name);
});

test("the core group has no name and its own path", () => {
  expect([apiPath("v1"), apiGroup("v1")]).toEqual(["/api/v1", ""]);
  expect([apiPath("apps/v1"), apiGroup("apps/v1")]).toEqual(["/apis/apps/v1", "apps"]);
});

test("the API lists the resource names of a version, and subresources are ignored", async () => {
  const { kubectl } = fakeKubectl({
    "get --raw /apis/gateway.networking.k8s.io/v1": printed({
      resources: [
        { kind: "Gateway", name: "gateways" },
        { kind: "Gateway", name: "gateways/status" },
        { kind: "Scale", name: "gateways/scale" },
        { name: "unknown" },
      ],
    }),
  });
  const names = await discoverResourceNames(kubectl, "gateway.networking.k8s.io/v1", signal);
  expect([...names]).toEqual([["Gateway", "gateways"]]);
});

test("a version that the API does not serve has no names", async () => {
  const { kubectl } = fakeKubectl({ "get --raw": { exitCode: 1, stderr: "NotFound" } });
  expect((await discoverResourceNames(kubectl, "example.org/v1", signal)).size).toBe(0);
});
