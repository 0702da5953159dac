import { describe, expect, test } from "vitest";
import { applies } from "../../conformance/clauses/clause.ts";
import { CLAUSES } from "../../conformance/clauses/index.ts";
import { underTestOf, verdict, useLab } from "./lab.ts";

const TIMEOUT = 400_000;

const lab = useLab();

/** MUST and derived clauses that bridge of release 1.1.1 violates at 1.0.0, verified by hand. */
const BRIDGE = [
  "add.prevresult.interface",
  "cfg.invalid.clean",
  "check.after-add",
  "env.command.missing",
  "env.error.names",
  "env.exit.failure",
  "env.path.optional",
  "err.code.reserved",
  "version.echo",
];

describe.concurrent.each([
  { plugin: "bridge", version: "1.0.0", fails: BRIDGE },
  { plugin: "simplecni", version: "1.1.0", fails: [] },
  { plugin: "simplecni", version: "0.3.0", fails: [] },
])("$plugin at $version", ({ plugin, version, fails }) => {
  test(
    "violates exactly the known MUST and derived clauses",
    async () => {
      const subject = underTestOf(plugin, version);
      const failed: string[] = [];
      for (const clause of CLAUSES.filter(({ level }) => level === "MUST" || level === "derived")) {
        if (!applies(clause, subject.list.cniVersion, subject.kinds)) continue;
        const { status } = await verdict(lab(), clause.id, subject);
        if (status === "fail" || status === "error") failed.push(clause.id);
      }
      expect(failed.sort()).toEqual(fails);
    },
    TIMEOUT,
  );
});
