import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { Console } from "../../../clusters/vm/console.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

function consoleWith(text: string): Console {
  const console = new Console(null, "READY");
  console.push(Buffer.from(text));
  return console;
}

test("the marker is found across chunks", async () => {
  const console = consoleWith("booting\r\nREA");
  console.push(Buffer.from("DY\r\n"));
  await console.markerSeen;
});

test("the last lines are quoted without control characters", () => {
  expect(consoleWith("one\r\n\x1b[1mtwo\r\nthree\r\n\r\nfour\r\n").describeLastLines()).toBe(
    "last console output: \ufffd[1mtwo | three | four",
  );
  expect(consoleWith("").describeLastLines()).toBe("no console output");
});

test("a kernel panic is quoted from its first line", () => {
  expect(consoleWith("a\nKernel panic - not syncing: oops\nCPU: 0\nHardware\nlast").describeLastLines()).toBe(
    "last console output: Kernel panic - not syncing: oops | CPU: 0 | Hardware",
  );
});

test.each([
  ["are saved completely if a little follows", 4096, /^x+\nKernel panic\n$/],
  [
    "are followed by a note and the end if more follows",
    2 ** 20,
    /^x+\n\[cnibench: 1040398 bytes omitted\]\nx+\nKernel panic\n$/,
  ],
])("the first 4 MiB %s", async (_, more, expected) => {
  const file = join(temporaryDir(), "node1.console");
  const console = new Console(file, "READY");
  for (const size of [4 * 2 ** 20, more]) console.push(Buffer.alloc(size, "x"));
  console.push(Buffer.from("\nKernel panic\n"));
  console.close();
  await vi.waitFor(() => expect(expected.test(readFileSync(file, "latin1"))).toBe(true));
});
