/** Bad input: an error that names the problem and the next step, the right exit code, no leftovers. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Output } from "../../core/shell.ts";
import { cnibench, PROGRAM, temporaryDir, temporaryDirOfFile } from "../helpers/cnibench.ts";

/** A plugin that answers VERSION and DEL, so that its fault appears in ADD. */
function pluginScript(add: string): string {
  const version = '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}';
  return `#!/bin/sh\ncase "$CNI_COMMAND" in VERSION) echo '${version}'; exit 0;; DEL) exit 0;; esac\n${add}\n`;
}

interface Fault {
  /** Name of the plugin. */
  readonly name: string;
  /** Commands of ADD. */
  readonly add: string;
  /** Part of the error in the summary of the run. */
  readonly error: string;
}

const FAULTS: readonly Fault[] = [
  { name: "hangs", add: "sleep 1000", error: "timed out" },
  { name: "prints-100-MB", add: "head -c 100000000 /dev/zero", error: "output limit" },
  { name: "prints-nothing", add: "exit 0", error: "no result on standard output" },
  { name: "prints-HTML", add: "echo '<html><b>no</b></html>'", error: "invalid JSON" },
  { name: "prints-escapes", add: "printf '\\033[31mred\\033[0m'; exit 1", error: "\ufffd\\[31mred" },
  {
    name: "fails",
    add: `echo '{"cniVersion":"1.0.0","code":101,"msg":"no more addresses"}'; exit 1`,
    error: "no more addresses",
  },
  { name: "kills-its-process-group", add: "kill -9 0", error: "SIGKILL" },
];

/** Measures bridge together with all faulty plugins. */
function runFaultyPlugins(dir: string): Promise<Output> {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  const configs = FAULTS.flatMap(({ name, add }) => {
    writeFileSync(join(bin, name), pluginScript(add), { mode: 0o755 });
    const file = join(dir, `${name}.conf`);
    writeFileSync(file, JSON.stringify({ cniVersion: "1.0.0", name, type: name }));
    return ["--conf", file];
  });
  const suite = join(dir, "pods.yaml");
  writeFileSync(suite, "name: pods\nblocks: 1\nscenarios:\n  - name: pods\n    runner: lifecycle\n");
  const plugins = ["bridge", ...FAULTS.map(({ name }) => name)].join(",");
  const flags = ["--yes", "--plugins", plugins, ...configs, "--bin-dir", bin, "--suite", suite];
  return cnibench(["run", ...flags, "--out", join(dir, "out")]);
}

/** Runs during the tests that reject their input, because one plugin takes the entire time limit. */
let faulty: Promise<Output>;
const dirOfFaulty = temporaryDirOfFile();
beforeAll(() => {
  faulty = runFaultyPlugins(dirOfFaulty);
});
afterAll(() => faulty);

describe("flags", () => {
  test.each([
    [["run", "--plugins", "brige"], 'unknown plugin "brige" (did you mean "bridge"?)'],
    [["run", "--suite", "quik"], 'unknown suite "quik" (did you mean "quick"?)'],
    [["run", "--cluster", "netn"], 'unknown cluster kind "netn" (did you mean "netns"?)'],
    [["run", "--blokcs", "3"], "Did you mean --blocks?"],
    [["rn"], "Did you mean run?"],
    [["list", "plugin"], 'unknown list "plugin" (did you mean "plugins"?)'],
    [["run", "--duration", "0"], 'invalid duration "0"'],
    [["run", "--duration", "-1"], 'invalid duration "-1"'],
    [["run", "--duration", "1e99"], 'invalid duration "1e99"'],
    [["run", "--nodes", "0"], "cnibench: --nodes 0: expected an integer from 1 to 1000"],
    [["run", "--nodes", "17", "--cluster", "netns"], "--nodes 17: netns clusters have at most 16 nodes"],
    [["run", "--plugins", ","], "expected comma-separated names"],
    [["run", "--report", "pdf"], 'unknown value "pdf"'],
    [["run", "--suite", "nowhere.yaml"], "--suite nowhere.yaml: not found"],
    [["run", "--conf", "nowhere.conflist"], "--conf nowhere.conflist: not found"],
    [["run", "--bin-dir", "nowhere"], "/nowhere: not a directory"],
    [["run", "--cluster", "vm", "--vm-image", "/nowhere"], "--vm-image /nowhere: not found"],
    [["conformance", "bridge", "--cluster", "vm", "--vm-kernel", "/usr"], "--vm-kernel /usr: not a regular file"],
    [["report", "nowhere"], "nowhere"],
    [["frobnicate"], "unknown command"],
  ])("%j", async (args, problem) => {
    const { exitCode, stderr, stdout } = await cnibench(args, { timeout: 20 });
    expect(stderr).toContain(problem);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  test("all problems are reported at once", async () => {
    const { exitCode, stderr } = await cnibench(["plan", "--plugins", "brige,ptpp", "--suite", "quik"], {
      timeout: 20,
    });
    expect(stderr.trim().split("\n")).toHaveLength(3);
    expect(exitCode).toBe(2);
  });
});

test("a suite with mistakes: file, line and column of each", async () => {
  const file = join(temporaryDir(), "mine.yaml");
  writeFileSync(
    file,
    "name: mine\nscenarios:\n  - name: a\n    runner: iperf\n  - name: b\n    runer: netperf\n    params: {}\n",
  );
  const { exitCode, stderr } = await cnibench(["plan", "--suite", file], { timeout: 20 });
  expect(stderr).toContain(`${file}:4:13: unknown runner "iperf" (did you mean "iperf3"?)`);
  expect(stderr).toContain(`${file}:6:5: `);
  expect(exitCode).toBe(2);
});

test("headlines that name no scenario, too many headlines, and a band without a unit", async () => {
  const file = join(temporaryDir(), "mine.yaml");
  const headlines = "headlines: [a/cross-node/throughput, b/cross-node/throughput]";
  const scenarios = "scenarios: [{name: a, runner: iperf3}]";
  writeFileSync(file, `name: mine\nblocks: 6\n${headlines}\nequivalence: {throughput: 5}\n${scenarios}\n`);
  const { exitCode, stderr, stdout } = await cnibench(["plan", "--suite", file], { timeout: 20 });
  expect(stderr).toContain(`${file}:3:12: 2 headlines need at least 7 blocks, the suite has 6`);
  expect(stderr).toContain(`${file}:3:38: headline "b/cross-node/throughput" is not `);
  expect(stderr).toContain(`${file}:4:27: the band of throughput must be a percentage such as "5 %"`);
  expect([stdout, exitCode]).toEqual(["", 2]);
});

test("more pods than a node has addresses are rejected before anything is created", async () => {
  const dir = temporaryDir();
  const file = join(dir, "mine.yaml");
  const scenarios = [
    "{name: churn, runner: churn, params: {pods: 5000}}",
    "{name: crowd, runner: crowd, params: {existing: 1000}}",
  ];
  writeFileSync(file, `name: mine\nscenarios:\n${scenarios.map((scenario) => `  - ${scenario}\n`).join("")}`);
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--suite", file, "--out", join(dir, "out")], {
    timeout: 20,
  });
  expect(stderr).toMatch(/mine\.yaml:3:5: .*\b251\b.*\b5000\b/);
  expect(stderr).toMatch(/mine\.yaml:4:5: .*\b251\b.*\b1001\b.*podRange: 20.*\b4091\b/);
  expect(exitCode).toBe(2);
  expect(existsSync(join(dir, "out"))).toBe(false);
});

describe("a faulty plugin fails its own cells only", () => {
  test.each(FAULTS)("a plugin that $name", async ({ name, error }) => {
    const { exitCode, stdout, stderr } = await faulty;
    expect(stdout).toMatch(new RegExp(`^ *pods/pods/${name}/.*: .*${error}`, "m"));
    expect(stderr).not.toContain("\u001b[31mred");
    expect(stdout).toMatch(/pods add-time +same-node +bridge/);
    expect(exitCode).toBe(3);
  });

  test("a binary that is not executable is reported before anything is created", async () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, "bridge"), "not a binary");
    const out = join(dir, "out");
    const flags = ["--plugins", "bridge", "--bin-dir", dir, "--out", out];
    const { exitCode, stderr } = await cnibench(["run", "--yes", ...flags]);
    expect(stderr).toContain(`${dir}/bridge is not executable; run "chmod +x ${dir}/bridge"`);
    expect(existsSync(out)).toBe(false);
    expect(exitCode).toBe(2);
  });
});

test("a non-empty output directory is left unchanged", async () => {
  const dir = temporaryDir();
  writeFileSync(join(dir, "precious"), "");
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--out", dir]);
  expect(stderr).toMatch(/not empty.*precious/);
  expect(stderr).toContain(dir);
  expect(readdirSync(dir)).toEqual(["precious"]);
  expect(exitCode).toBe(2);
});

test("an output directory that is not writable", async () => {
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--out", "/proc/1/out"]);
  expect(stderr).toMatch(/\/proc\/1\/out.*(ENOENT|EACCES|EPERM)/);
  expect(exitCode).toBe(2);
});

test.each([100, 300])(
  "a disk that is full after %i kB: results so far are kept, one error, exit code 3",
  async (size) => {
    const dir = temporaryDir();
    const suite = join(import.meta.dirname, "suite.yaml");
    // Full while it measures, and while it writes the reports; the file system is in a separate mount namespace.
    const script = `mount -t tmpfs -o size=${size}k full "$1" && shift && exec "$@"`;
    const full = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", dir];
    const { exitCode, stderr } = await cnibench(
      ["run", "--yes", "--suite", suite, "--plugins", "bridge", "--out", join(dir, "out")],
      {},
      full.concat(PROGRAM),
    );
    expect(stderr).toMatch(/no space.*\/out\/.* kept/);
    expect(exitCode).toBe(3);
  },
);
