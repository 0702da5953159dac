/** What users do wrong: one clear sentence with the next step, the right exit code, nothing left behind. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cnibench, PROGRAM, temporaryDir } from "../helpers/cnibench.ts";

describe("flags", () => {
  test.each([
    [["run", "--plugins", "brige"], 'unknown plugin "brige" (did you mean "bridge"?)'],
    [["run", "--suite", "quik"], 'unknown suite "quik" (did you mean "quick"?)'],
    [["run", "--cluster", "netn"], 'unknown cluster "netn" (did you mean "netns"?)'],
    [["run", "--blokcs", "3"], "Did you mean --blocks?"],
    [["rn"], "Did you mean run?"],
    [["list", "plugin"], 'nothing to list is called "plugin" (did you mean "plugins"?)'],
    [["run", "--duration", "0"], "whole seconds from one to an hour"],
    [["run", "--duration", "-1"], "whole seconds from one to an hour"],
    [["run", "--duration", "1e99"], "whole seconds from one to an hour"],
    [["run", "--nodes", "0"], "a whole number from 1 to 1000"],
    [["run", "--nodes", "17", "--cluster", "netns"], "--nodes 17 is more than the 16 that netns can have"],
    [["run", "--plugins", ","], "expected comma-separated names"],
    [["run", "--report", "pdf"], 'unknown value "pdf"'],
    [["run", "--suite", "nowhere.yaml"], "--suite nowhere.yaml cannot be read"],
    [["run", "--conf", "nowhere.conflist"], "--conf nowhere.conflist cannot be read"],
    [["run", "--bin-dir", "nowhere"], "is no folder"],
    [["report", "nowhere"], "nowhere"],
    [["frobnicate"], "unknown command"],
  ])("%j", async (args, sentence) => {
    const { exitCode, stderr, stdout } = await cnibench(args, { timeout: 20 });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  test("every problem at once", async () => {
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

test("more pods than a node has addresses for are refused before anything is made", async () => {
  const folder = temporaryDir();
  const file = join(folder, "mine.yaml");
  writeFileSync(
    file,
    "name: mine\nscenarios:\n  - {name: churn, runner: churn, params: {pods: 5000}}\n  - {name: crowd, runner: crowd, params: {existing: 1000}}\n",
  );
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--suite", file, "--out", join(folder, "out")], {
    timeout: 20,
  });
  expect(stderr).toContain(
    `${file}:3:5: 5000 pods do not fit the /24 of a node, which has room for 251; ask for fewer`,
  );
  expect(stderr).toContain(
    `${file}:4:5: 1001 pods do not fit the /24 of a node, which has room for 251; ask for fewer, or a larger range: "podRange: 20" has room for 4091`,
  );
  expect(exitCode).toBe(2);
  expect(existsSync(join(folder, "out"))).toBe(false);
});

test("an output folder that is not empty is left as it is", async () => {
  const folder = temporaryDir();
  writeFileSync(join(folder, "precious"), "");
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--out", folder]);
  expect(stderr).toContain("is not empty (it has precious)");
  expect(exitCode).toBe(2);
});

test("an output folder that cannot be written", async () => {
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--out", "/proc/1/out"]);
  expect(stderr).toContain("/proc/1/out cannot be used");
  expect(exitCode).toBe(2);
});

test.each([100, 300])(
  "a disk that is full after %i kB: what was measured is kept, one sentence, exit 3",
  async (size) => {
    const folder = temporaryDir();
    const suite = join(import.meta.dirname, "suite.yaml");
    // Full while it measures, and while it writes the reports; a file system in a mount namespace of its own.
    const script = `mount -t tmpfs -o size=${size}k full "$1" && shift && exec "$@"`;
    const full = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", folder];
    const { exitCode, stderr } = await cnibench(
      ["run", "--yes", "--suite", suite, "--plugins", "bridge", "--out", join(folder, "out")],
      {},
      full.concat(PROGRAM),
    );
    expect(stderr).toMatch(/no space is left to write .*; what was measured before is kept/);
    expect(exitCode).toBe(3);
  },
);

describe("plugins that misbehave fail their cells, and the others go on", () => {
  const config = JSON.stringify({ cniVersion: "1.0.0", name: "broken", type: "broken" });
  test.each([
    ["hangs", "sleep 1000", /timed out and was killed/],
    ["prints 100 MB", "head -c 100000000 /dev/zero", /exceeded the output limit/],
    ["prints nothing", "exit 0", /no result on standard output/],
    ["prints HTML", "echo '<html><b>no</b></html>'", /invalid JSON/],
    ["prints terminal escapes", "printf '\\033[31mred\\033[0m'; exit 1", /\ufffd\[31mred/],
    [
      "fails with an error object",
      `echo '{"cniVersion":"1.0.0","code":101,"msg":"no more addresses"}'; exit 1`,
      /no more addresses/,
    ],
    ["kills its process group", "kill -9 0", /SIGKILL/],
  ])("a plugin that %s", async (what, body, sentence) => {
    const folder = temporaryDir();
    const bin = join(folder, "bin");
    mkdirSync(bin);
    // VERSION is answered, so that the fault shows where pods are made.
    const version = `case "$CNI_COMMAND" in VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}'; exit 0;; DEL) exit 0;; esac`;
    writeFileSync(join(bin, "broken"), `#!/bin/sh\n${version}\n${body}\n`);
    chmodSync(join(bin, "broken"), 0o755);
    writeFileSync(join(folder, "broken.conf"), config);
    const suite = join(folder, "pods.yaml");
    writeFileSync(suite, "name: pods\nblocks: 1\nscenarios:\n  - name: pods\n    runner: lifecycle\n");
    const out = join(folder, "out");
    const { exitCode, stdout, stderr } = await cnibench([
      "run",
      "--yes",
      "--plugins",
      "bridge,broken",
      "--conf",
      join(folder, "broken.conf"),
      "--bin-dir",
      bin,
      "--suite",
      suite,
      "--out",
      out,
    ]);
    expect(stdout, what).toMatch(sentence);
    expect(stderr).not.toContain("\u001b[31mred");
    expect(stdout).toMatch(/pods add-time +same-node +bridge/);
    expect(exitCode).toBe(3);
  });

  test("a program that is not executable is named before anything is made", async () => {
    const folder = temporaryDir();
    writeFileSync(join(folder, "bridge"), "not a program");
    const { exitCode, stderr } = await cnibench([
      "run",
      "--yes",
      "--plugins",
      "bridge",
      "--bin-dir",
      folder,
      "--out",
      join(folder, "out"),
    ]);
    expect(stderr).toContain(`${folder}/bridge is not executable; run "chmod +x ${folder}/bridge"`);
    expect(exitCode).toBe(2);
  });
});
