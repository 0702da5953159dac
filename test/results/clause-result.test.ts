import { expect, test } from "vitest";
import { limitResult, type ClauseResult } from "../../results/clause-result.ts";
import { SCHEMA_VERSION } from "../../results/record.ts";
import { redactRecord, redactor } from "../../results/redact.ts";
import { validator } from "../../results/run-schema.ts";

const FAILURE: ClauseResult = {
  clause: "del.link",
  section: "2-DEL",
  sentence: "DEL removes CNI_IFNAME and its peer.",
  level: "MUST",
  specVersion: "1.0.0",
  status: "fail",
  message: "expected no link; got eth0",
  expected: "no link",
  got: "eth0",
  evidence: ["+ cnibench-1: link eth0"],
  reproduce: "ip link",
  goSkeleton: true,
};

function record(value: ClauseResult): Parameters<typeof redactRecord>[0] {
  const startedAt = "2026-03-01T12:00:00.000Z";
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: "check",
    cell: "s/c/p/netns",
    block: 1,
    rep: 1,
    startedAt,
    raw: null,
    value,
  };
}

test("the sentence of a clause is public and not redacted", () => {
  const redact = (text: string): string => text.replaceAll("link", "(host)");
  expect(redactRecord(record({ ...FAILURE, sentence: "DEL removes the link." }), redact)).toMatchObject({
    value: { sentence: "DEL removes the link.", got: "eth0", expected: "no (host)" },
  });
});

test("a stored result has a limited size, and is the same if it is small", () => {
  expect(limitResult(FAILURE)).toEqual(FAILURE);
  const long = "x".repeat(100_000);
  const evidence = Array.from({ length: 1000 }, () => long);
  const limited = limitResult({ ...FAILURE, message: long, expected: long, got: long, evidence, reproduce: long });
  expect(JSON.stringify(limited).length).toBeLessThan(32_000);
  expect(limited.evidence?.at(-1)).toBe("... 950 more lines");
  // Part of a script is worse than none.
  expect(limited).not.toHaveProperty("reproduce");
  expect(validator("result")(record(limited))).toBeNull();
});

test("a result can name the version in which the clause was tested", () => {
  const shared = { ...FAILURE, specVersion: "0.4.0", testedIn: "1.0.0" };
  expect(limitResult(shared)).toEqual(shared);
  expect(validator("result")(record(shared))).toBeNull();
  expect(validator("result")(record({ ...shared, testedIn: "x".repeat(10_000) }))).not.toBeNull();
});

test("a passed clause gets no further keys", () => {
  const { clause, section, level, specVersion, message } = FAILURE;
  const passed: ClauseResult = { clause, section, level, specVersion, status: "pass", message };
  expect(limitResult(passed)).toEqual(passed);
});

test("redaction covers every observed text of a result, and keeps its identity", () => {
  const personal = "/home/alice/bin/bridge on wonderland";
  const texts = { message: personal, expected: personal, got: personal, reproduce: personal };
  const redact = redactor({ home: "/home/alice", host: "wonderland", user: "alice" });
  const redacted = redactRecord(record({ ...FAILURE, ...texts, evidence: [personal] }), redact);
  expect(JSON.stringify(redacted)).not.toMatch(/alice|wonderland/);
  expect(redacted.value).toMatchObject({
    ...{ clause: "del.link", section: "2-DEL", level: "MUST", specVersion: "1.0.0", status: "fail", goSkeleton: true },
    ...{ evidence: ["~/bin/bridge on (host)"], reproduce: "~/bin/bridge on (host)" },
  });
  expect(validator("result")(redacted)).toBeNull();
});
