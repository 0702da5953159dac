import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applies } from "../../../runners/conformance/clause.ts";
import { CLAUSES } from "../../../runners/conformance/clauses/index.ts";
import { MUTANTS, openLab, subjectOf, verdict, type Lab } from "./lab.ts";
import { LIES, programOf } from "./lies.ts";

const TIMEOUT = 120_000;

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
}, 300_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

/** Known of these plugins: the library that they are built on does not read VERSION's input. */
const GO_LIBRARY = ["version.echo"];

describe.each([
  { plugin: "bridge", versions: ["0.2.0", "0.3.1", "1.0.0"], kinds: ["interface", "delegating"] as const, fails: GO_LIBRARY },
  { plugin: "ptp", versions: ["1.0.0"], kinds: ["interface", "delegating"] as const, fails: GO_LIBRARY },
  { plugin: "simplecni", versions: ["0.3.0", "1.1.0"], kinds: ["interface"] as const, fails: [] },
])("$plugin", ({ plugin, versions, kinds, fails }) => {
  test.each(versions)("keeps every clause at %s but the known", async (version) => {
    const subject = subjectOf(plugin, version);
    const said: string[] = [];
    for (const clause of CLAUSES.filter((candidate) => applies(candidate, subject.list.cniVersion, kinds))) {
      const found = await verdict(lab, clause.id, subject);
      if (found.status !== "pass") said.push(`${clause.id}: ${found.status}`);
    }
    const expected = fails.filter(() => version === "1.0.0").map((id) => `${id}: fail`);
    expect(said).toEqual(expected);
  }, TIMEOUT);
});

describe("a plugin that lies", () => {
  test.each(LIES)("$name", async (lie) => {
    await lab.putMutant(lie.name, programOf(lie));
    const subject = subjectOf(lie.base, "1.0.0", `${MUTANTS}/${lie.name}`);
    for (const id of lie.kills) expect(await verdict(lab, id, subject), id).toMatchObject({ status: "fail" });
  }, TIMEOUT);

  test("is caught for every clause", () => {
    const killed = new Set(LIES.flatMap(({ kills }) => kills));
    expect(CLAUSES.filter(({ id }) => !killed.has(id)).map(({ id }) => id)).toEqual([]);
  });
});
