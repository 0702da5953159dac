import { expect, it } from "vitest";
import { knownReference } from "../../../../reports/html/script/references.js";

it("replaces a reference that the page does not have, or shows anyway, by that without a choice", () => {
  const names = ["best", "host", "bridge"];
  expect(["", "best", "host", "bridge", "calico"].map((name) => knownReference(name, names))).toEqual([
    ...["", ""],
    ...["host", "bridge"],
    "",
  ]);
  expect(knownReference("bridge", [])).toBe("");
});
