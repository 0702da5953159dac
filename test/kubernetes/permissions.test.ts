/** Access reviews. */
import { expect, test } from "vitest";
import { deniedPermissions, describePermission, type Permission } from "../../kubernetes/permissions.ts";
import { fakeKubectl, printed, reviewing } from "../helpers/fake-kubectl.ts";

const { signal } = new AbortController();
const WANTED: readonly Permission[] = [
  { verb: "list", resource: "nodes", purpose: "to choose nodes" },
  { verb: "create", resource: "pods", subresource: "exec", namespace: "n", purpose: "to run tools" },
  { verb: "get", resource: "deployments", group: "apps", name: "d", purpose: "to wait" },
];

test("an administrator needs one review", async () => {
  const { kubectl, calls } = fakeKubectl({ create: reviewing("nothing") });
  expect(await deniedPermissions(kubectl, WANTED, signal)).toEqual([]);
  expect(calls()).toHaveLength(1);
});

test("other users need a second round of reviews, which returns the denied permissions", async () => {
  const { kubectl, calls } = fakeKubectl({ create: reviewing('"verb":"[*]"|"subresource":"exec"|"group":"apps"') });
  expect((await deniedPermissions(kubectl, WANTED, signal)).map(describePermission)).toEqual([
    "create pods/exec in n (to run tools)",
    "get deployments.apps d (to wait)",
  ]);
  expect(calls()).toHaveLength(2);
});

test("the reviews may be the items of a list", async () => {
  const { kubectl } = fakeKubectl({
    create: (_, { stdin }) => {
      const { items } = JSON.parse(String(stdin)) as { items: object[] };
      return { stdout: JSON.stringify({ kind: "List", items: items.map((one) => ({ ...one, status: {} })) }) };
    },
  });
  expect(await deniedPermissions(kubectl, WANTED, signal)).toEqual(WANTED);
});

test("missing reviews are an error, not a permission", async () => {
  const { kubectl } = fakeKubectl({ create: printed({ kind: "List", items: [] }) });
  await expect(deniedPermissions(kubectl, WANTED, signal)).rejects.toThrow(/answered 0 of 1 access reviews/);
});
