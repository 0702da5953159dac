import { expect, test } from "vitest";
import { SPEC_VERSIONS, atLeast, highestCommon, isSpecVersion, isVersion } from "../../cni/spec-versions.ts";

test("versions are ordered by release", () => {
  expect(SPEC_VERSIONS.filter((version) => atLeast(version, "0.4.0"))).toEqual(["0.4.0", "1.0.0", "1.1.0"]);
});

test.each([
  ["1.1.0", true, true],
  ["0.9.9", true, false],
  ["10.20.30", true, false],
  ["1.0", false, false],
  ["1.0.0-rc", false, false],
  ["", false, false],
])("%j: well-formed %j, released %j", (text, wellFormed, released) => {
  expect(isVersion(text)).toBe(wellFormed);
  expect(isSpecVersion(text)).toBe(released);
});

test("highestCommon returns the highest version in all sets", () => {
  expect(highestCommon(["0.4.0", "1.0.0"], ["1.0.0", "0.4.0", "0.3.1"])).toBe("1.0.0");
  expect(highestCommon(["0.4.0"], ["1.0.0"])).toBeNull();
  expect(highestCommon(["9.9.9", "0.1.0"])).toBe("0.1.0");
});
