/** The references in a plan: versions, images by digest, the manifest with its checksum. */
import { expect, test } from "vitest";
import { describeReferences, referencesOf } from "../../../cli/flags/references.ts";
import { plugins } from "../../../plugins/index.ts";
import { CALICO_MANIFEST_SHA256 } from "../../../plugins/kubernetes/versions.ts";

test("calico: its manifest with the checksum, and three images by digest", () => {
  const [first = "", manifest = "", ...images] = describeReferences(referencesOf([plugins.calico], "kubernetes")).split(
    "\n",
  );
  expect(first).toBe("calico v3.32.1");
  const url = "https://raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests/calico.yaml";
  expect(manifest).toBe(`  ${url} (sha256 ${CALICO_MANIFEST_SHA256})`);
  expect(
    images.filter((line) => /^ {2}quay\.io\/calico\/[a-z-]+:v3\.32\.1@sha256:[0-9a-f]{64}$/.test(line)),
  ).toHaveLength(3);
});

test("clusters without Kubernetes have no references", () => {
  expect(referencesOf([plugins.simplecni, plugins.calico], "bare")).toEqual([]);
  expect(describeReferences([])).toBe("");
});
