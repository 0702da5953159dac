import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { Console } from "../../../clusters/vm/console.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

function said(text: string): Console {
  const console = new Console(null, "READY");
  console.push(Buffer.from(text));
  return console;
}

test("the marker is found when it comes in pieces", async () => {
  const console = said("booting\r\nREA");
  console.push(Buffer.from("DY\r\n"));
  await console.markerSeen;
});

test("the last lines, without control characters", () => {
  expect(said("one\r\n\x1b[1mtwo\r\nthree\r\n\r\nfour\r\n").describeLastLines()).toBe(
    "its console said last: \ufffd[1mtwo | three | four",
  );
  expect(said("").describeLastLines()).toBe("its console said nothing");
});

test("a panic is told from where it began", () => {
  expect(said("a\nKernel panic - not syncing: oops\nCPU: 0\nHardware\nlast").describeLastLines()).toBe(
    "its console said last: Kernel panic - not syncing: oops | CPU: 0 | Hardware",
  );
});

test.each([
  ["little more is kept whole", 4096, /^x+\nKernel panic\n$/],
  [
    "much more loses its middle, and says so",
    2 ** 20,
    /^x+\n\[cnibench: 1040398 bytes are left out here\]\nx+\nKernel panic\n$/,
  ],
])("of a console of 4 MiB %s", async (_, more, whole) => {
  const file = join(temporaryDir(), "node1.console");
  const console = new Console(file, "READY");
  for (const size of [4 * 2 ** 20, more]) console.push(Buffer.alloc(size, "x"));
  console.push(Buffer.from("\nKernel panic\n"));
  console.close();
  await vi.waitFor(() => expect(whole.test(readFileSync(file, "latin1"))).toBe(true));
});
