import { expect, test } from "vitest";
import { Console } from "../../../clusters/vm/console.ts";

function said(text: string): Console {
  const console = new Console(null, "READY");
  console.push(Buffer.from(text));
  return console;
}

test("the marker is found when it comes in pieces", async () => {
  const console = said("booting\r\nREA");
  console.push(Buffer.from("DY\r\n"));
  await console.found;
});

test("the last lines, without control characters", () => {
  expect(said("one\r\n\x1b[1mtwo\r\nthree\r\n\r\nfour\r\n").lastWords()).toBe("its console said last: \ufffd[1mtwo | three | four");
  expect(said("").lastWords()).toBe("its console said nothing");
});

test("a panic is told from where it began", () => {
  expect(said("a\nKernel panic - not syncing: oops\nCPU: 0\nHardware\nlast").lastWords()).toBe(
    "its console said last: Kernel panic - not syncing: oops | CPU: 0 | Hardware",
  );
});
