import { expect, test } from "vitest";
import { loadStart } from "../../runners/load.ts";

/** A client that lived for 14 seconds around a load of 10. */
const CLIENT = { started: 100, ended: 114 };

test("the load is at the end of its client, less the exchange of results", () => {
  expect(loadStart("last", CLIENT, 10)).toBeCloseTo(103.995);
});

test("of a client that stays after its load, it is at the start", () => {
  expect(loadStart("first", CLIENT, 10)).toBeCloseTo(100.005);
});
