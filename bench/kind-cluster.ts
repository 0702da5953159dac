/** The kind cluster of the benchmarks. */
import type { KindSpec } from "../clusters/index.ts";
import type { Host } from "../core/host.ts";
import { DEFAULT_LOAD_IMAGE } from "../kubernetes/index.ts";

/** Returns the specification; the variables CNIBENCH_TEST_NODE_IMAGE and CNIBENCH_TEST_LOAD_IMAGE select the images. */
export function kindClusterSpec({ env }: Host): KindSpec {
  const { CNIBENCH_TEST_NODE_IMAGE: nodeImage, CNIBENCH_TEST_LOAD_IMAGE: loadImage = DEFAULT_LOAD_IMAGE } = env;
  return {
    nodes: 2,
    underlayMtu: 1500,
    runId: "bench",
    options: { loadImage, ...(nodeImage === undefined ? {} : { nodeImage }) },
  };
}
