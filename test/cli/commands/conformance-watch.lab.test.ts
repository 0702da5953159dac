import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { watch } from "../../../cli/commands/conformance-watch.ts";
import type { Host } from "../../../core/host.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

const INTERRUPT = new Error("interrupted");
let file: string;
let printed: string;

beforeEach(() => {
  file = join(temporaryDir(), "plugin");
  writeFileSync(file, "1");
  printed = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((printed += text.toString()), true));
  return () => vi.restoreAllMocks();
});

/** Watches the file with one function per run; the last run interrupts. @returns the number of runs */
async function watchThrough(...runs: readonly ((host: Host) => unknown)[]): Promise<number> {
  const controller = new AbortController();
  const host = fakeHost({}, { signal: controller.signal });
  let count = 0;
  const watching = watch(
    host,
    () => [file],
    async (runHost) => {
      const run = runs[count++];
      if (run === undefined) controller.abort(INTERRUPT);
      else await run(runHost);
    },
  );
  await expect(watching).rejects.toBe(INTERRUPT);
  return count;
}

const soon = (action: () => void): void => void setTimeout(action, 50);

test("the tests run again after a change, also of a file that is replaced", async () => {
  const replace = (): void => {
    rmSync(file);
    setTimeout(() => {
      writeFileSync(`${file}.new`, "1");
      renameSync(`${file}.new`, file);
    }, 600);
  };
  expect(
    await watchThrough(
      () => soon(() => writeFileSync(file, "22")),
      () => soon(replace),
    ),
  ).toBe(3);
  expect(printed.match(/press Ctrl-C to end/g)).toHaveLength(2);
});

test("a change during a run restarts it", async () => {
  const run = vi.fn(async ({ signal }: Host) => {
    writeFileSync(file, "22");
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  });
  expect(await watchThrough(run)).toBe(2);
  expect(printed).not.toContain("press Ctrl-C");
});

test("an error ends the first run, and is printed after a later one", async () => {
  const host = fakeHost();
  await expect(
    watch(
      host,
      () => [file],
      () => Promise.reject(new Error("no plugin")),
    ),
  ).rejects.toThrow("no plugin");
  const runs = await watchThrough(
    () => soon(() => writeFileSync(file, "22")),
    () => {
      soon(() => writeFileSync(file, "333"));
      throw new Error("broken plugin");
    },
  );
  expect(runs).toBe(3);
  expect(printed).toContain("cnibench: broken plugin");
});
