import { expect, it } from "vitest";
import { clip, longNames, shortNames } from "../../reports/short-names.ts";

it("shortens long names so that they stay different", () => {
  const plugins = ["bridge", "x".repeat(300), `${"x".repeat(299)}y`, "🚀".repeat(40)];
  const nameOf = shortNames(plugins);
  expect(plugins.map(nameOf)).toEqual(["bridge", `${"x".repeat(31)}…~2`, `${"x".repeat(31)}…~3`, "🚀".repeat(40)]);
  expect(nameOf("host")).toBe("host");
  expect(longNames(plugins)).toEqual(plugins.slice(1, 3));
});

it("never splits a character", () => {
  expect([clip("🚀🚀🚀", 2), clip("🚀🚀", 2), clip("abc", 3)]).toEqual(["🚀…", "🚀🚀", "abc"]);
});
