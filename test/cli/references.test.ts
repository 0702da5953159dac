/** A plan says what would be put on a cluster: versions, images by digest, the manifest with its sum. */
import { expect, test } from "vitest";
import { describeReferences, referencesOf } from "../../cli/references.ts";
import { plugins } from "../../plugins/index.ts";
import { CALICO_MANIFEST_SHA256 } from "../../plugins/kubernetes/versions.ts";

test("calico: its manifest with the sum, and three images by digest", () => {
  const [first = "", manifest = "", ...images] = describeReferences(referencesOf([plugins.calico], "kubernetes")).split(
    "\n",
  );
  expect(first).toBe("calico v3.32.1");
  expect(manifest).toBe(
    `  https://raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests/calico.yaml (sha256 ${CALICO_MANIFEST_SHA256})`,
  );
  expect(
    images.filter((line) => /^ {2}quay\.io\/calico\/[a-z-]+:v3\.32\.1@sha256:[0-9a-f]{64}$/.test(line)),
  ).toHaveLength(3);
});

test("nothing where cnibench makes the pods itself", () => {
  expect(referencesOf([plugins.simplecni, plugins.calico], "bare")).toEqual([]);
  expect(describeReferences([])).toBe("");
});
