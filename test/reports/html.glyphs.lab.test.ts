/** Chinese text in a browser. Skipped on machines without a font for it. */
import { beforeEach, expect, it } from "vitest";
import { localShell } from "../../core/local.ts";
import { reports } from "../../reports/index.ts";
import { useBrowser } from "../helpers/browser.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const { write, withPage } = useBrowser();

beforeEach(async (ctx) => {
  const { exitCode, stdout } = await localShell().exec(["fc-list", ":lang=zh-cn"]);
  if (exitCode !== 0 || stdout === "") ctx.skip("no font for Chinese is installed (Debian: fonts-noto-cjk)");
});

/** Draws each character in the font of an element, and returns the drawings; those of missing glyphs are equal. */
const DRAWINGS = `((element, characters) => characters.map((character) => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  context.font = getComputedStyle(element).font;
  context.fillText(character, 0, 40);
  return canvas.toDataURL();
}))`;

it("has a glyph for every Chinese character of a page", async () => {
  const url = await write("chinese", await reports.html.render([inputOf(sampleRun())], { language: "zh" }));
  await withPage(url, async (page) => {
    const text = await page.locator("main").innerText();
    const characters = [...new Set(text.match(/\p{Script=Han}/gu) ?? [])];
    expect(characters.length).toBeGreaterThan(100);
    const missing = "\u{3FFFD}";
    const drawings = await page.evaluate<string[]>(
      `${DRAWINGS}(document.body, ${JSON.stringify([...characters, missing])})`,
    );
    const box = drawings.at(-1);
    expect(characters.filter((_, index) => drawings[index] === box)).toEqual([]);
    expect(new Set(drawings).size).toBe(characters.length + 1);
  });
});
