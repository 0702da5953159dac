/** A plugin's own manifest: from a server on this machine, checked, kept, and changed by kubectl's kustomize. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { patchManifest, fetchManifest } from "../../../clusters/kubernetes/manifest.ts";
import { findTool } from "../../../core/tools/find.ts";

const MANIFEST = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: net }
data: { backend: bird, kept: "yes" }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: net }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      containers:
        - name: agent
          image: quay.io/acme/agent:v1
          env: [{ name: MODE, value: Always }, { name: KEPT, value: "1" }]
`;
const SUM = createHash("sha256").update(MANIFEST).digest("hex");

let server: Server;
let url: string;
let cache: string;
let served = 0;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "cnibench-test-"));
  process.env.CNIBENCH_CACHE = cache;
  server = createServer((request, response) => {
    served++;
    if (request.url !== "/agent.yaml") response.writeHead(request.url === "/endless.yaml" ? 200 : 404);
    if (request.url === "/endless.yaml") response.write(Buffer.alloc(9 * 1024 * 1024));
    response.end(request.url === "/agent.yaml" ? MANIFEST : "");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  url = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  delete process.env.CNIBENCH_CACHE;
  await rm(cache, { recursive: true });
  server.close();
});

test("it is fetched once and then taken from the cache", async () => {
  const before = served;
  const first = await fetchManifest("agent", { url: `${url}/agent.yaml`, sha256: SUM });
  expect(await fetchManifest("agent", { url: `${url}/agent.yaml`, sha256: SUM })).toBe(first);
  expect(served - before).toBe(1);
});

test("another file than the pinned one is refused, with both sums and the way out", async () => {
  await expect(fetchManifest("agent", { url: `${url}/agent.yaml`, sha256: "0".repeat(64) })).rejects.toThrow(
    `what lies at ${url}/agent.yaml is not the manifest that cnibench expects (sha256 ${SUM}, not ${"0".repeat(64)}); check the file and give it as --plugins agent@FILE`,
  );
});

test.each([
  ["/missing.yaml", /\/missing\.yaml answers 404; fetch it by other means and give it as --plugins agent@FILE$/],
  ["/endless.yaml", /has more than 8388608 bytes; fetch it by other means/],
])("%s is no manifest", async (path, message) => {
  await expect(fetchManifest("agent", { url: `${url}${path}`, sha256: null })).rejects.toThrow(message);
});

test("a server that cannot be reached is told with the system's reason", async () => {
  await expect(fetchManifest("agent", { url: "http://127.0.0.1:1/agent.yaml", sha256: null })).rejects.toThrow(
    /could not be fetched from http:\/\/127\.0\.0\.1:1\/agent\.yaml \(.+\); fetch it by other means/,
  );
});

const kubectl = findTool("kubectl");
test.skipIf(kubectl === null)(
  `patches are merged, objects added, images pinned${kubectl === null ? " (skipped: kubectl is not here)" : ""}`,
  async () => {
    const file = await fetchManifest("agent", { url: `${url}/agent.yaml`, sha256: SUM });
    const changed = await patchManifest(file, {
      patches: [
        {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "settings", namespace: "net" },
          data: { backend: "vxlan" },
        },
        {
          apiVersion: "apps/v1",
          kind: "DaemonSet",
          metadata: { name: "agent", namespace: "net" },
          spec: { template: { spec: { containers: [{ name: "agent", env: [{ name: "MODE", value: "Never" }] }] } } },
        },
      ],
      added: [
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "endpoint", namespace: "net" }, data: { host: "n1" } },
      ],
      images: [{ name: "quay.io/acme/agent", digest: `sha256:${"a".repeat(64)}` }],
    });
    expect(changed).toContain("backend: vxlan");
    expect(changed).toContain('kept: "yes"');
    expect(changed).toContain("name: endpoint");
    expect(changed).toContain(`image: quay.io/acme/agent@sha256:${"a".repeat(64)}`);
    expect(changed).toMatch(/- name: MODE\n\s+value: Never\n\s+- name: KEPT\n\s+value: "1"/);
  },
);

test.skipIf(kubectl === null)("a change to what the manifest has not is an error with kubectl's words", async () => {
  const file = await fetchManifest("agent", { url: `${url}/agent.yaml`, sha256: SUM });
  const patch = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "other", namespace: "net" }, data: {} };
  await expect(patchManifest(file, { patches: [patch], added: [], images: [] })).rejects.toThrow(/other/);
});
