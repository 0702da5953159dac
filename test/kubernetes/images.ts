/** Images that the tests' clusters are made of, and whether there can be clusters at all. */
import { kind } from "../../clusters/kind/kind.ts";
import { DEFAULT_LOAD_IMAGE } from "../../clusters/kubernetes/load-image.ts";
import { localShell } from "../../core/local.ts";
import { succeeded } from "../../core/shell.ts";

/** Of a lab without the usual registries; left out: kind's own, and the one that images/load makes. */
export const { CNIBENCH_TEST_NODE_IMAGE: NODE, CNIBENCH_TEST_LOAD_IMAGE: LOAD = DEFAULT_LOAD_IMAGE } = process.env;

export const IMAGE_FLAGS = ["--load-image", LOAD, ...(NODE === undefined ? [] : ["--node-image", NODE])];

/** Why no kind cluster can be made here; null: nothing stands in the way. Printed by the tests that it skips. */
export async function whyNoKind(): Promise<string | null> {
  const problems = await kind.check();
  if (problems.length > 0) return problems.map(({ message }) => message).join("; ");
  const there = succeeded(await localShell().exec(["docker", "image", "inspect", LOAD]));
  return there ? null : `Docker has no image ${LOAD}; make it with: docker build -t ${LOAD} images/load`;
}
