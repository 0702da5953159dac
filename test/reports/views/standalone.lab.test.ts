/** Views as images, which take the fonts of the machine. */
import { expect, it } from "vitest";
import { viewsOf } from "../../../reports/views/index.ts";
import { standaloneView } from "../../../reports/views/standalone.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

it("draws a PNG image of three times the width of a view", async () => {
  const [view] = viewsOf(inputOf(sampleRun({ blocks: 2 }))).all;
  if (view === undefined) throw new Error("the sample run has no views");
  const image = Buffer.from((await standaloneView(view, "png", "en")) as Uint8Array);
  expect(image.subarray(1, 4).toString()).toBe("PNG");
  expect(image.readUInt32BE(16)).toBe(3120);
});
