/** `cnibench list clauses --format json`: the keys of a clause. */
import { afterEach, expect, test, vi } from "vitest";
import { listCommand } from "../../../cli/commands/list.ts";
import { CLAUSES } from "../../../conformance/clauses/index.ts";

afterEach(() => vi.restoreAllMocks());

async function list(what: string): Promise<readonly Record<string, unknown>[]> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  expect(await listCommand(what, { format: "json" })).toBe(0);
  return JSON.parse(write.mock.calls.map(([chunk]) => String(chunk)).join("")) as Record<string, unknown>[];
}

test("a clause has its id as clause, as in results, and still as name", async () => {
  const ids = CLAUSES.map(({ id }) => id);
  const listed = await list("clauses");
  expect(listed.map(({ clause }) => clause)).toEqual(ids);
  expect(listed.map(({ name }) => name)).toEqual(ids);
});

test("items of other kinds have no clause", async () => {
  for (const item of await list("runners")) expect(item).not.toHaveProperty("clause");
});
