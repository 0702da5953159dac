import { afterEach, expect, test, vi } from "vitest";
import { warnIfEmulated } from "../../../cli/terminal/before-run.ts";
import type { ClusterKind } from "../../../clusters/cluster-kind.ts";
import { netns } from "../../../clusters/netns/netns.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

const SPEC = { nodes: 2, underlayMtu: 1500 };
const emulating: ClusterKind = { ...netns, check: async () => [], isEmulated: async () => true };

afterEach(() => vi.restoreAllMocks());

async function noticeFor(kind: ClusterKind): Promise<string> {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await warnIfEmulated(host, kind, SPEC);
  return write.mock.calls.map(([text]) => String(text)).join("");
}

test("emulated nodes are announced without creating any", async () => {
  expect(await noticeFor(emulating)).toMatch(/^the nodes are emulated in software: .* never ranked\n$/);
});

test.each<[string, Pick<Partial<ClusterKind>, "check" | "isEmulated">]>([
  ["nodes with hardware virtualization", { isEmulated: async () => false }],
  [
    "a cluster that cannot be created",
    { check: async () => [{ message: "no QEMU" }], isEmulated: () => Promise.reject(new Error("asked")) },
  ],
])("no notice for %s", async (_, parts) => {
  expect(await noticeFor({ ...emulating, ...parts })).toBe("");
});
