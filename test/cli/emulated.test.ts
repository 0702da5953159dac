import { afterEach, expect, test, vi } from "vitest";
import { warnIfEmulated } from "../../cli/emulated.ts";
import type { ClusterKind } from "../../clusters/cluster.ts";
import { netns } from "../../clusters/netns/netns.ts";

const SPEC = { nodes: 2, underlayMtu: 1500 };
const { signal } = new AbortController();
const emulating: ClusterKind = { ...netns, check: async () => [], isEmulated: async () => true };

afterEach(() => vi.restoreAllMocks());

async function told(kind: ClusterKind): Promise<string> {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await warnIfEmulated(kind, SPEC, signal);
  return write.mock.calls.map(([text]) => String(text)).join("");
}

test("nodes that software plays are told without any of them", async () => {
  expect(await told(emulating)).toMatch(/^the nodes are emulated in software: .* never ranked\n$/);
});

test.each<[string, Partial<ClusterKind>]>([
  ["nodes that the processor runs", { isEmulated: async () => false }],
  [
    "a cluster that cannot be made",
    { check: async () => [{ message: "no QEMU" }], isEmulated: () => Promise.reject(new Error("asked")) },
  ],
])("nothing is told of %s", async (_, parts) => {
  expect(await told({ ...emulating, ...parts })).toBe("");
});
