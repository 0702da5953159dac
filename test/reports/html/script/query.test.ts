import { describe, expect, it } from "vitest";
import { matchesQuery, parseQuery, QUERY_KEYS, type Row } from "../../../../reports/html/script/query.js";
import { HOSTILE_STRINGS } from "../../../helpers/hostile.ts";

const ROWS: Readonly<Record<string, Row>> = {
  tcp: row({ plugin: "bridge", path: "cross-node", metric: "throughput", scenario: "tcp-1", verdict: "worse" }),
  udp: row({ plugin: "calico", path: "same-node", metric: "loss", scenario: "udp-1", verdict: "undecided" }),
  ptp: row({ plugin: "bridge copy", path: "cross-node", metric: "latency-p99", scenario: "rr-1", verdict: "better" }),
  clause: row({ level: "must", status: "fail pass" }),
};

function row(keys: Row["keys"]): Row {
  return { keys, text: Object.values(keys).join(" ") };
}

function found(line: string): string[] {
  const terms = parseQuery(line);
  return Object.keys(ROWS).filter((name) => matchesQuery(terms, ROWS[name] as Row));
}

describe("the filter line", () => {
  it.each([
    ["", ["tcp", "udp", "ptp", "clause"]],
    ["   ", ["tcp", "udp", "ptp", "clause"]],
    ["plugin:bridge", ["tcp", "ptp"]],
    ["plugin=bridge", ["tcp"]],
    ['plugin="bridge copy"', ["ptp"]],
    ['plugin:"e c"', ["ptp"]],
    ["PLUGIN:Bridge PATH:Cross", ["tcp", "ptp"]],
    ["plugin:bridge !metric:latency", ["tcp"]],
    ["verdict:worse,undecided", ["tcp", "udp"]],
    ["verdict:worse verdict:undecided", ["tcp", "udp"]],
    ["plugin=bridge plugin:calico", []],
    ["verdict:worse,,", ["tcp"]],
    ["!verdict:worse,undecided", ["ptp", "clause"]],
    ["!verdict:worse !verdict:undecided", ["ptp", "clause"]],
    ["!udp", ["tcp", "ptp", "clause"]],
    ['!"bridge copy"', ["tcp", "udp", "clause"]],
    ["cross-node latency", ["ptp"]],
    ["level:must status:fail", ["clause"]],
    ["plugin:", ["tcp", "udp", "ptp", "clause"]],
    ["!", ["tcp", "udp", "ptp", "clause"]],
    ["unknown:bridge", []],
    ["metric:.*", []],
    ['plugin:"bridge', ["tcp", "ptp"]],
  ])("%j finds %j", (line, names) => {
    expect(found(line)).toEqual(names);
  });

  it("searches an unknown key as text", () => {
    const terms = parseQuery("http://x:1 foo=bar");
    expect(matchesQuery(terms, { keys: {}, text: "see http://x:1 and foo=bar" })).toBe(true);
    expect(terms.map(({ key }) => key)).toEqual([null, null]);
  });

  it.each(HOSTILE_STRINGS.map((text) => text.toLowerCase()))("finds exactly the plugin %j", (name) => {
    const stored = name.replaceAll('"', "");
    const terms = parseQuery(`plugin="${stored}"`);
    expect(matchesQuery(terms, { keys: { plugin: stored }, text: "" })).toBe(true);
    expect(matchesQuery(terms, { keys: { plugin: `${stored}x` }, text: "" })).toBe(false);
  });

  it("reads any text in time that grows linearly", () => {
    const line = '!a:"'.repeat(50_000);
    expect(parseQuery(line).length).toBeGreaterThan(0);
    expect(parseQuery(`plugin:${"a,".repeat(50_000)}`)[0]?.values).toHaveLength(50_000);
  });

  it("has a name in lowercase for each key", () => {
    for (const key of QUERY_KEYS) expect(parseQuery(`${key}:x`)[0]?.key).toBe(key);
  });
});
