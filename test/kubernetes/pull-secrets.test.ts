/** Pull secrets reach every pod of a namespace through its service account. */
import { expect, test } from "vitest";
import { Kubectl } from "../../kubernetes/client.ts";
import { createNamespaces, namespaceObject } from "../../kubernetes/namespaces.ts";
import { fakeHost, type FakeHost } from "../helpers/fake-host.ts";

const SECRET = {
  metadata: { name: "registry", namespace: "mine", uid: "1" },
  type: "kubernetes.io/dockerconfigjson",
  data: { ".dockerconfigjson": "e30=" },
};

/** Creates namespace `a`. @returns the commands after the access, with their input */
async function createNamespace(pullSecrets: readonly string[]): Promise<string[]> {
  const host: FakeHost = fakeHost({
    kubectl: (argv) => {
      if (argv.includes("serviceaccounts")) return { stdout: '{"items": [{}]}' };
      return argv.includes("secret") ? { stdout: JSON.stringify(SECRET) } : {};
    },
  });
  const kubectl = new Kubectl(host, { kubeconfig: "/k", context: "c", cache: "/cache", pullSecrets });
  await createNamespaces(kubectl, [namespaceObject(host, "a")], new AbortController().signal);
  return host.shell.calls
    .slice(2)
    .map(({ argv, options }) => `${argv.slice(4).join(" ")} ${String(options.stdin ?? "")}`);
}

test("they are copied without their metadata, and given to the service account of all pods", async () => {
  const calls = await createNamespace(["registry"]);
  expect(calls).toHaveLength(3);
  expect(calls[0]).toBe("get secret registry -o json ");
  expect(calls[1]).toMatch(/^create -f - /);
  expect(JSON.parse(calls[1]?.slice("create -f - ".length) ?? "")).toMatchObject({
    items: [{ ...SECRET, kind: "Secret", metadata: { name: "registry", namespace: "a" } }],
  });
  expect(calls[1]).not.toContain("uid");
  expect(calls[2]).toBe(
    'patch serviceaccount default -n a --type=merge --patch={"imagePullSecrets":[{"name":"registry"}]} ',
  );
});

test("without any, nothing else is created", async () => {
  expect(await createNamespace([])).toEqual([]);
});
