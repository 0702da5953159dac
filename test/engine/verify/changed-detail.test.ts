import { expect, it } from "vitest";
import { changedDetail } from "../../../engine/verify/changed-detail.ts";
import { parseEchoes } from "../../../runners/ping/ping.ts";

const answers = Array.from(
  { length: 4 },
  (_, i) => `64 bytes from 10.0.0.1: icmp_seq=${i} ttl=64 time=0.0${i + 1}1 ms\n`,
);
const found = parseEchoes(`${answers.join("")}\n4 packets transmitted, 4 received\n`);

/** Returns the recomputed distributions after a change of their JSON, as it is stored. */
function stored(change: (text: string) => string): typeof found {
  return JSON.parse(change(JSON.stringify({ distributions: found.distributions }))) as typeof found;
}

it("accepts equal details, and a record without details", () => {
  expect(changedDetail(stored(String), found)).toBeNull();
  expect(changedDetail({}, found)).toBeNull();
});

it.each<[string, (text: string) => string, string]>([
  ["digit", (text) => text.replace("0.000021", "0.000022"), "distributions[0].values[2] is 0.000022, but 0.000021"],
  ["level", (text) => text.replace("0.25", "0.24"), "distributions[0].levels[1] is 0.24, but 0.25"],
  ["count", (text) => text.replace('"samples":4', '"samples":5'), "distributions[0].samples is 5, but 4"],
  ["name", (text) => text.replace("latency", "connect"), 'distributions[0].name is "connect", but "latency"'],
  ["additional value", (text) => text.replace("0.000041]", "0.000041,1]"), "is 1, but missing"],
])("names a changed %s", (_, change, expected) => {
  expect(changedDetail(stored(change), found)).toContain(expected);
});

it("names details that the raw output does not have", () => {
  const series = [{ name: "throughput", unit: "bit/s", start: 0, interval: 1, values: Array<number>(600).fill(1e9) }];
  const message = changedDetail({ series }, found) ?? "";
  expect(message).toMatch(/^series is .*"throughput".*\.\.\., but missing$/);
  expect(message.length).toBeLessThan(100);
});
