import { expect, test } from "vitest";
import { askInput, parseProbeResult, parseStamps } from "../../../core/probe/probe.ts";

test("the input of ask has one line per connection", () => {
  expect(
    askInput([
      { protocol: "udp", address: "10.0.0.1", port: 53, name: "x.a" },
      { protocol: "connect", address: "fd00::1", port: 80 },
    ]),
  ).toBe("udp 10.0.0.1 53 x.a\nconnect fd00::1 80 \n");
});

test.each([
  ["open", { state: "open", detail: "" }],
  ["blocked No route to host", { state: "blocked", detail: "No route to host" }],
  ["refused Connection refused", { state: "blocked", detail: "Connection refused", refused: true }],
  ["wrong y.b", { state: "failed", detail: "answered by y.b" }],
  ["failed socket: out of memory", { state: "failed", detail: "socket: out of memory" }],
  ["", { state: "failed", detail: "no valid output" }],
])("parses the result %j of a probe", (line, answer) => expect(parseProbeResult(line)).toEqual(answer));

test("parses times with and without a word, and no other lines", () => {
  expect(parseStamps("1700000010.500000 new-1\n1700000011.25\nrubbish\n17 new-2\n1700000012.0 two words\n")).toEqual([
    { at: 1700000010.5, word: "new-1" },
    { at: 1700000011.25, word: "" },
  ]);
});
