import { expect, test } from "vitest";
import { intervalFor } from "../../../runners/iperf3/intervals.ts";

/** Bytes that both ends report about a stream, or about the sum of all streams, in one interval. */
const BYTES = 800;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

test.each([1, 8, 128, 256])("%i streams: the output of any duration stays below its limit", (streams) => {
  for (const seconds of [1, 10, 60, 61, 600, 3660])
    expect((seconds / intervalFor(seconds, streams, 0.1)) * (streams + 1) * BYTES).toBeLessThan(MAX_OUTPUT_BYTES);
});

test.each([
  { seconds: 60, streams: 1, shortest: 0.1, expected: 0.1 },
  { seconds: 61, streams: 1, shortest: 0.1, expected: 1 },
  { seconds: 10, streams: 99, shortest: 0.1, expected: 0.1 },
  { seconds: 10, streams: 100, shortest: 0.1, expected: 1 },
  { seconds: 10, streams: 1, shortest: 1, expected: 1 },
] as const)("$seconds s of $streams streams: $expected s", ({ seconds, streams, shortest, expected }) => {
  expect(intervalFor(seconds, streams, shortest)).toBe(expected);
});
