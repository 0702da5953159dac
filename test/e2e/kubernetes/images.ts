/** The images of the test clusters, and a check whether kind clusters are supported on this machine. */
import { kind } from "../../../clusters/kind/kind.ts";
import { DEFAULT_LOAD_IMAGE } from "../../../kubernetes/objects/pod.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { succeeded } from "../../../core/shell.ts";

const host = createHost();

/** Images of a lab without access to registries. Defaults: kind's node image, and the image built from images/load. */
export const { CNIBENCH_TEST_NODE_IMAGE: NODE, CNIBENCH_TEST_LOAD_IMAGE: LOAD = DEFAULT_LOAD_IMAGE } = process.env;

export const IMAGE_FLAGS = ["--load-image", LOAD, ...(NODE === undefined ? [] : ["--node-image", NODE])];

/** Returns why kind clusters cannot be created on this machine, or null if they can. Skipped tests print the reason. */
export async function whyNoKind(): Promise<string | null> {
  const problems = await kind.check(host);
  if (problems.length > 0) return problems.map(({ message }) => message).join("; ");
  const loadImageExists = succeeded(await localShell().exec(["docker", "image", "inspect", LOAD]));
  return loadImageExists ? null : `image ${LOAD} not found; run: docker build -t ${LOAD} images/load`;
}
