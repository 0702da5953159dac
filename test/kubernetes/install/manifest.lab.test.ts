/** Published manifests, patched with kubectl's kustomize. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHost } from "../../../core/local.ts";
import { patchManifest } from "../../../kubernetes/install/manifest.ts";
import { findTool } from "../../../tools/find.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

const host = createHost();

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

/** Returns the path of a file with the manifest. */
function manifestFile(): string {
  const file = join(temporaryDir(), "agent.yaml");
  writeFileSync(file, MANIFEST);
  return file;
}

const kubectl = findTool(host, "kubectl");
test.skipIf(kubectl === null)(
  `patches are merged, objects added, images pinned${kubectl === null ? " (skipped: kubectl not found)" : ""}`,
  async () => {
    const changed = await patchManifest(host, manifestFile(), {
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

test.skipIf(kubectl === null)("a patch for a missing object fails with kubectl's message", async () => {
  const patch = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "other", namespace: "net" }, data: {} };
  await expect(patchManifest(host, manifestFile(), { patches: [patch], added: [], images: [] })).rejects.toThrow(
    /other/,
  );
});
