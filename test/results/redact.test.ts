import { describe, expect, it } from "vitest";
import type { Repetition } from "../../results/record.ts";
import { redactLoaded, redactor, redactRecord, replaceHome } from "../../results/redact.ts";
import { validator } from "../../results/run-schema.ts";
import { pair, withPairs } from "../helpers/sample-pairs.ts";
import { SAMPLE_MACHINE, sampleNoiseCard } from "../helpers/sample-noise-card.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const redact = redactor({ home: "/srv/people/alice", host: "wonderland.example.org", user: "alice" });

describe("redactor", () => {
  it.each([
    ["/srv/people/alice/bin/bridge failed", "~/bin/bridge failed"],
    ["cannot read /srv/people/alice", "cannot read ~"],
    ["/srv/people/alice2/bin", "/srv/people/alice2/bin"],
    ["on wonderland.example.org as alice", "on (host) as (user)"],
    ["Linux wonderland 6.1", "Linux (host) 6.1"],
    ["malice and wonderlands", "malice and wonderlands"],
    ["/home/bob/x and /root/.cache and /Users/eve/y", "~/x and ~/.cache and ~/y"],
    ["root namespaces, --root-path", "root namespaces, --root-path"],
  ])("%s", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it("preserves common names", () => {
    const common = redactor({ home: "/root", host: "localhost", user: "root" });
    expect(common("root namespaces on localhost, /root/x")).toBe("root namespaces on localhost, ~/x");
  });

  it("recognizes home directories of other machines", () => {
    expect(redactor(null)("/home/bob/x by bob")).toBe("~/x by bob");
  });
});

it("replaceHome replaces only the exact directory", () => {
  expect(replaceHome("--out=/home/bob/out", "/home/bob")).toBe("--out=~/out");
  expect(replaceHome("/home/bobby", "/home/bob")).toBe("/home/bobby");
  expect(replaceHome("/x/y", "/")).toBe("/x/y");
});

it.each(["machine", "processes", "netns", "cpu_dma_latency", "unfinished"])(
  "a run from a host with the name %s remains valid",
  (host) => {
    const { run, ...sample } = sampleRun({ blocks: 2 });
    const { environment } = run;
    if (environment === null) throw new Error("the sample has an environment");
    const facts = {
      cpuAccounting: host === "machine" ? "machine" : "processes",
      keepAwake: { means: "cpu_dma_latency", reason: null },
    } as const;
    const changed = {
      ...run,
      environment: { ...environment, cluster: { ...environment.cluster, ...facts } },
      warnings: [{ code: "unfinished" as const, message: `seen on ${host}` }],
    };
    const redacted = redactLoaded({ ...sample, run: changed, commands: [] }, redactor({ home: "/h", host, user: "u" }));
    expect(validator("run")(JSON.parse(JSON.stringify(redacted.run)))).toBeNull();
    expect(redacted.run.environment?.cluster).toMatchObject(facts);
    expect(redacted.run.warnings).toEqual([{ code: "unfinished", message: "seen on (host)" }]);
  },
);

it("removes paths and personal data from a stored run, which remains valid", () => {
  const sample = sampleRun({ blocks: 2, failure: "alice@wonderland: no such file: /home/carol/x" });
  const { environment, definition } = sample.run;
  if (environment === null) throw new Error("the sample has an environment");
  const run = {
    ...sample.run,
    command: ["cnibench", "run", "--out", "/data/alice/out", "--bin-dir=/opt/x"],
    environment: { ...environment, kernel: "6.1.0-18-alice+", os: "Debian of alice" },
    noiseCard: sampleNoiseCard({ machine: { ...SAMPLE_MACHINE, kernel: "6.1.0-18-alice+", cpuModel: "CPU of alice" } }),
    definition: {
      ...definition,
      plugins: ["bridge", "ptp@/home/bob/new"],
      conf: ["~/a.conflist"],
      binDirs: ["/home/bob/bin"],
    },
    warnings: [{ code: "unfinished" as const, message: "seen on wonderland" }],
  };
  const redacted = redactLoaded(
    { ...sample, run, commands: [{ scenario: "s", role: "client", command: "/home/bob/iperf3 -c 10.0.0.1" }] },
    redact,
  );
  expect(validator("run")(JSON.parse(JSON.stringify(redacted.run)))).toBeNull();
  expect(JSON.stringify(redacted)).not.toMatch(/alice|bob|carol|wonderland/);
  expect(redacted.run.command).toEqual(["cnibench", "run", "--out", "(path)", "(path)"]);
  expect(redacted.run.environment?.kernel).toBe("6.1.0-18");
  expect(redacted.run.noiseCard?.machine).toMatchObject({ kernel: "6.1.0-18", cpuModel: "CPU of (user)" });
  expect(redacted.run.definition).toMatchObject({
    plugins: ["bridge", "ptp@(path)"],
    conf: [],
    binDirs: [],
    redacted: true,
  });
  expect([...redacted.records]).toHaveLength(sample.records.length);
});

it("stored pairs match the schema, and redaction replaces the node names", () => {
  const record = withPairs(1, ["alpha", "beta"], pair(0, 1, 5));
  expect(validator("result")(record)).toBeNull();
  const redacted = redactRecord(record, (text) => text) as Repetition;
  expect(redacted.pairs?.nodes).toEqual(["node-1", "node-2"]);
  expect(validator("result")({ ...record, pairs: { nodes: [], pairs: [{ client: -1 }], omitted: 0 } })).not.toBeNull();
});
