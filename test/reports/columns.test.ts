import { expect, it } from "vitest";
import { columns } from "../../reports/columns.ts";

it("aligns wide characters, and leaves no spaces at the end of a line", () => {
  expect(
    columns([
      ["plugin", "n"],
      ["网络", "9"],
      ["🚀", "10"],
      ["e\u0301", ""],
    ]),
  ).toBe("plugin  n\n网络    9\n🚀      10\ne\u0301\n");
});
