import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FailureStore } from "../../../cli/commands/conformance-failures.ts";
import type { Target } from "../../../cli/commands/conformance-target.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { sampleConformance } from "../../helpers/sample-conformance.ts";
import type { ConformanceReport } from "../../../results/verdicts.ts";

const target = (file: string): Pick<Target, "name" | "binaries"> => ({
  name: "bridge",
  binaries: [{ type: "bridge", file }],
});

function reportWith(statuses: Readonly<Record<string, "pass" | "fail">>): ConformanceReport {
  const [row] = sampleConformance().conformance;
  const conformance = Object.entries(statuses).map(([clause, status]) => ({ ...row!, clause, status }));
  return { ...sampleConformance(), conformance };
}

test("failures remain until their clauses pass, whatever else was tested", () => {
  const host = fakeHost({}, { env: { CNIBENCH_CACHE: temporaryDir() } });
  const clausesOf = (store: FailureStore): string[] | undefined => store.read()?.map(({ clause }) => clause);
  const store = new FailureStore(host, target("/bin/bridge"), {});
  expect(store.read()).toBeNull();
  store.record(reportWith({ "add.one": "fail", "add.two": "fail", "add.three": "pass" }));
  expect(store.read()).toEqual([
    { plugin: "bridge", clause: "add.one", specVersion: "0.4.0" },
    { plugin: "bridge", clause: "add.two", specVersion: "0.4.0" },
  ]);
  store.record(reportWith({ "add.two": "pass", "add.three": "fail" }));
  expect(clausesOf(new FailureStore(host, target("/bin/bridge"), {}))).toEqual(["add.one", "add.three"]);
  expect(clausesOf(new FailureStore(host, target("/other/bridge"), {}))).toBeUndefined();
  expect(clausesOf(new FailureStore(host, target("/bin/bridge"), { conf: "x.conf" }))).toBeUndefined();
  store.record(reportWith({ "add.one": "pass", "add.three": "pass" }));
  expect(clausesOf(store)).toEqual([]);
});

test("a cache that cannot be written is as good as none", () => {
  const cache = temporaryDir();
  writeFileSync(join(cache, "conformance"), "a file");
  const store = new FailureStore(fakeHost({}, { env: { CNIBENCH_CACHE: cache } }), target("/bin/bridge"), {});
  store.record(reportWith({ "add.one": "fail" }));
  expect(store.read()).toBeNull();
});

test("a file with other content has no failures", () => {
  const cache = temporaryDir();
  const store = new FailureStore(fakeHost({}, { env: { CNIBENCH_CACHE: cache } }), target("/bin/bridge"), {});
  store.record(reportWith({ "add.one": "fail" }));
  const [name = ""] = readdirSync(join(cache, "conformance"));
  for (const text of ["", "[]", '{"failed":{}}']) {
    writeFileSync(join(cache, "conformance", name), text);
    expect(store.read()).toEqual([]);
  }
});
