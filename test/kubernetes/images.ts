/** Images that the tests' clusters are made of, and whether there can be clusters at all. */
import { kind } from "../../clusters/kind/kind.ts";

/** Of a lab without the usual registries; empty: kind's own, and the one that images/load makes. */
export const IMAGE_FLAGS = [flag("--node-image", "CNIBENCH_TEST_NODE_IMAGE"), flag("--load-image", "CNIBENCH_TEST_LOAD_IMAGE")].flat();

function flag(name: string, variable: string): string[] {
  const value = process.env[variable];
  return value === undefined ? [] : [name, value];
}

/** Why no kind cluster can be made here; null: nothing stands in the way. Printed by the tests that it skips. */
export async function whyNoKind(): Promise<string | null> {
  const problems = await kind.check();
  return problems.length === 0 ? null : problems.map(({ message }) => message).join("; ");
}
