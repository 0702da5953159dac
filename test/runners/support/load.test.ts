import { expect, test } from "vitest";
import { loadStart } from "../../../runners/support/load.ts";

/** A client that ran for 14 seconds around a load of 10. */
const CLIENT = { started: 100, ended: 114 };

test("a load at the end stops just before its client exits", () => {
  expect(loadStart("last", CLIENT, 10)).toBeCloseTo(103.995);
});

test("a load at the start begins just after its client started", () => {
  expect(loadStart("first", CLIENT, 10)).toBeCloseTo(100.005);
});
