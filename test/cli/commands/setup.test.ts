/** `cnibench setup --yes`, which scripts pass to every command that fetches tools. */
import { afterEach, expect, test, vi } from "vitest";
import { createHost } from "../../../core/local.ts";
import { main } from "../../../cli/program.ts";

afterEach(() => vi.restoreAllMocks());

test("setup accepts --yes: the unknown plugin is the only problem", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const code = await main({ ...createHost(), argv: ["node", "cnibench", "setup", "--yes", "--plugins", "brige"] });
  const lines = write.mock.calls.map(([line]) => String(line));
  expect(lines).toEqual([expect.stringMatching(/^cnibench: unknown plugin "brige"/)]);
  expect(code).toBe(2);
});
