/** Problems of the environment: all are reported, with their fixes if they have any. */
import { afterEach, expect, test, vi } from "vitest";
import { conformanceCommand } from "../../cli/commands/conformance.ts";
import { labCommand } from "../../cli/commands/lab.ts";
import { requireNoProblems } from "../../core/errors.ts";
import { clusters } from "../../clusters/index.ts";
import { createHost } from "../../core/local.ts";

afterEach(() => vi.restoreAllMocks());

test("one line per problem, without a fix where there is none", () => {
  expect(() => requireNoProblems([{ message: "no A", fix: "get A" }, { message: "no B" }])).toThrow(
    /^no A; fix: get A\nno B$/,
  );
  expect(() => requireNoProblems([])).not.toThrow();
});

const flags = { cluster: "netns", underlayMtu: 1500 };

test.each([
  [
    "conformance",
    () => conformanceCommand(createHost(), ["bridge"], { ...flags, spec: "all", jobs: 1, format: "text" }),
  ],
  ["lab", () => labCommand(createHost(), "bridge", { ...flags, nodes: 1, pods: 1, family: "ipv4" })],
])("%s reports a problem without a fix as it is", async (_, command) => {
  vi.spyOn(clusters.netns, "check").mockResolvedValue([{ message: "no namespaces" }]);
  await expect(command()).rejects.toThrow(/^no namespaces$/);
});
