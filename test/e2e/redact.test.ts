/** Redacted runs and reports contain no host names, user names or personal paths. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheDir } from "../../tools/cache.ts";
import { reports } from "../../reports/index.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";
import { sampleRun } from "../helpers/sample-run.ts";
import { createHost } from "../../core/local.ts";

const host = createHost();

const FORMATS = Object.keys(reports);

/** Returns all files of a run, including its reports, with their contents. */
const contents = (dir: string): [string, string][] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file.slice(dir.length), readFileSync(file, "utf8")]);

test("run --redact: no host name, user name or home directory in any file", async () => {
  const dir = temporaryDir();
  const out = join(dir, "out");
  const suite = join(dir, "pods.yaml");
  writeFileSync(
    suite,
    `name: pods
blocks: 1
scenarios:
  - {name: tcp, runner: iperf3, paths: [same-node], params: {omit: 0.2}}
  - {name: pods, runner: lifecycle}
  - {name: clauses, runner: conformance}
`,
  );
  const name = "wonderland-7b3";
  const program = [
    "unshare",
    "--user",
    "--map-root-user",
    "--uts",
    "sh",
    "-c",
    `hostname ${name} && exec "$@"`,
    "sh",
    process.execPath,
    join(import.meta.dirname, "../../dist/cli/main.js"),
  ];
  const flags = [
    "--redact",
    "--yes",
    "--plugins",
    "bridge",
    "--suite",
    suite,
    "--duration",
    "1",
    "--out",
    out,
    "--report",
    FORMATS.join(","),
  ];
  const { exitCode, stderr } = await cnibench(
    ["run", ...flags],
    { env: { HOME: "/home/alice-in-w", CNIBENCH_CACHE: cacheDir(host) } },
    program,
  );
  expect(exitCode, stderr).toBe(0);
  const files = contents(out);
  expect(files.length).toBeGreaterThan(10);
  const personal = [name, "alice-in-w", dir, ...(["", "root"].includes(host.userName) ? [] : [host.userName])];
  expect(files.filter(([, text]) => personal.some((word) => text.includes(word))).map(([file]) => file)).toEqual([]);
});

test("report --redact: no paths of a stored run", async () => {
  const { run, records } = sampleRun({ blocks: 1 });
  const dir = temporaryDir();
  writeFileSync(
    join(dir, "run.json"),
    JSON.stringify({
      ...run,
      command: ["cnibench", "run", "--out", "/data/alice"],
      warnings: [{ code: "x", message: "in /home/alice/y" }],
    }),
  );
  writeFileSync(join(dir, "results.jsonl"), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  for (const format of FORMATS) {
    const report = ["report", dir, "--format", format];
    const [open, redacted] = await Promise.all([cnibench(report), cnibench([...report, "--redact"])]);
    expect([open.exitCode, redacted.exitCode], open.stderr + redacted.stderr).toEqual([0, 0]);
    expect(redacted.stdout.length).toBeGreaterThan(100);
    expect(redacted.stdout).not.toContain("alice");
    if (format === "json" || format === "html") expect(open.stdout).toContain("alice");
  }
});
