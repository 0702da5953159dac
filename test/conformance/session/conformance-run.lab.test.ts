import { existsSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHost, localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import { findCniPlugin } from "../../../tools/find.ts";
import { STATE_DIRS } from "../../../conformance/node/test-node.ts";
import { guessProfile } from "../../../conformance/under-test/profile.ts";
import type { ConformanceOptions } from "../../../conformance/session/conformance-run.ts";
import type { ConformanceReport } from "../../../results/verdicts.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { BIN, networkWithBinary, testNetwork, underTestOf, useLab } from "../lab.ts";

const host = createHost();

const TIMEOUT = 60_000;

const lab = useLab();

const testBridge = (options: Partial<ConformanceOptions>): Promise<ConformanceReport> =>
  testNetwork(lab(), underTestOf("bridge", "1.0.0").list, { pluginPath: [BIN], ...options });

test(
  "without a required link type, only clauses that need no ADD are tested, with the reason",
  async () => {
    const { list } = underTestOf("bridge", "1.0.0");
    const report = await testBridge({
      profile: { ...guessProfile(list), linkTypes: ["nosuchlink"] },
      only: "*.creates",
    });
    expect(report.conformance.at(-1)).toMatchObject({
      clause: "add.creates",
      status: "skip",
      message: "kernel lacks nosuchlink",
    });
    expect(report.verdicts["1.0.0"]).toBe("not tested");
  },
  TIMEOUT,
);

test(
  "a plugin is tested in every supported version with a selected clause, and the verdict follows from the rows",
  async () => {
    const report = await testBridge({ only: "version.*", jobs: 2 });
    expect(report.specVersions).toEqual(["0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0"]);
    expect(report.verdicts).toMatchObject({ "0.4.0": "selection passed", "1.0.0": "not conformant" });
    expect(report.verdictsWithoutGoSkeleton["1.0.0"]).toBe("selection passed");
    expect(report.conformance.filter(({ status }) => status === "fail").map(({ clause }) => clause)).toEqual([
      "version.echo",
    ]);
  },
  TIMEOUT,
);

/** Tests a script in place of bridge. */
async function testScript(
  name: string,
  script: string,
  options: Partial<ConformanceOptions>,
): Promise<ConformanceReport> {
  await lab().putMutant(name, `#!/bin/sh\n${script}\n`);
  return testNetwork(lab(), networkWithBinary("bridge", "1.0.0", name), options);
}

const resultsOf = ({ conformance }: ConformanceReport): readonly string[] =>
  conformance.map(
    ({ clause, specVersion, status, testedIn = "" }) => `${specVersion} ${clause}: ${status} ${testedIn}`,
  );

test(
  "a failure of a clause that does not depend on the version is found once, and counts in every version",
  async () => {
    const script = `[ -n "$CNI_CONTAINERID" ] || exit 1; exec ${BIN}/bridge`;
    const report = await testScript("needs-container", script, {
      ...{ only: "version.noenv,version.shape", versions: ["0.3.1", "0.4.0", "1.0.0"] },
    });
    expect(resultsOf(report)).toEqual([
      ...["0.3.1 version.shape: pass ", "0.3.1 version.noenv: fail 1.0.0"],
      ...["0.4.0 version.shape: pass ", "0.4.0 version.noenv: fail 1.0.0"],
      ...["1.0.0 version.shape: pass ", "1.0.0 version.noenv: fail "],
    ]);
    expect(Object.values(report.verdicts)).toEqual(["not conformant", "not conformant", "not conformant"]);
    const failures = report.conformance.filter(({ status }) => status === "fail");
    expect(new Set(failures.map(({ reproduce, got }) => JSON.stringify([reproduce, got]))).size).toBe(1);
  },
  TIMEOUT,
);

test(
  "a clause that cannot be tested in the newest version is tested in the next one",
  async () => {
    const script = `in=$(cat)
case "$CNI_COMMAND $in" in ADD*'"cniVersion":"1.0.0"'*) exit 1 ;; esac
printf %s "$in" | ${BIN}/bridge`;
    const report = await testScript("fails-at-1.0.0", script, {
      ...{ only: "add.readd", versions: ["0.3.1", "0.4.0", "1.0.0"] },
    });
    expect(resultsOf(report)).toEqual([
      ...["0.3.1 add.readd: pass 0.4.0", "0.4.0 add.readd: pass ", "1.0.0 add.readd: skip "],
    ]);
  },
  TIMEOUT,
);

test(
  "a failure has a command line that reproduces it",
  async () => {
    const report = await testBridge({ only: "env.command.missing", versions: ["1.0.0"] });
    const [row] = report.conformance;
    expect(row).toMatchObject({
      status: "fail",
      expected: expect.stringContaining("CNI_COMMAND") as string,
      got: "exit code 0",
    });
    const pasted = await lab().node.shell.exec(["sh", "-c", row?.reproduce ?? "false"]);
    expect(pasted.exitCode).toBe(0);
    expect(pasted.stderr).toMatch(/CNI bridge plugin/);
  },
  TIMEOUT,
);

/**
 * Deviations of bridge of release 1.1.1 that depend on the input, on changes between operations, and on the
 * delegate.
 */
test.each([
  ["version.echo", /"cniVersion":"1\.0\.0"/],
  ["check.tamper.host-link", /"dns": \{\}\n\}\n$/], // the output of ADD, not of CHECK
  ["err.code.reserved", /"code": 0,[^{}]*\}$/],
])(
  "the lines that reproduce a failure of %s create a node on this machine",
  async (only, said) => {
    const files = ["bridge", "host-local"].map((name) => findCniPlugin(host, name) ?? "");
    const report = await testBridge({ only, versions: ["1.0.0"], binaries: { files, dir: BIN } });
    const [row] = report.conformance;
    expect(row).toMatchObject({ status: "fail" });
    const before = await readdir("/tmp");
    const pasted = await localShell().exec(["sh", "-c", row?.reproduce ?? "false"]);
    expect(pasted.stderr).not.toMatch(/unshare|mount|cannot/);
    expect(pasted.stdout).toMatch(said);
    expect((await readdir("/tmp")).filter((name) => name.startsWith(".cnibench"))).toEqual(
      before.filter((name) => name.startsWith(".cnibench")),
    );
  },
  TIMEOUT,
);

test(
  "those lines have the directories in which a plugin may keep files, and leave them on this machine alone",
  async () => {
    const name = "keeper";
    const marks = STATE_DIRS.map((dir) => `${dir}/cnibench-mark`);
    const script = `#!/bin/sh\nfor i in ${marks.join(" ")}; do echo >$i || exit 1; done\nexec "\${0%/*}/bridge"\n`;
    const file = join(temporaryDir(), name);
    writeFileSync(file, script, { mode: 0o755 });
    await lab().cluster.putFiles(lab().node, [{ path: `${BIN}/${name}`, mode: 0o755, source: { text: script } }]);
    const files = [file, ...["bridge", "host-local"].map((one) => findCniPlugin(host, one) ?? "")];
    const report = await testNetwork(lab(), networkWithBinary("bridge", "1.0.0", name), {
      ...{ pluginPath: [BIN], binaries: { files, dir: BIN } },
      ...{ only: "check.tamper.host-link", versions: ["1.0.0"] },
    });
    const pasted = await localShell().exec(["sh", "-c", report.conformance[0]?.reproduce ?? "false"]);
    expect(pasted.stderr).not.toContain("cnibench-mark");
    expect(pasted.stdout).toMatch(/"dns": \{\}\n\}\n$/);
    expect(marks.filter((mark) => existsSync(mark))).toEqual([]);
  },
  TIMEOUT,
);

test(
  "a known deviation is reported as known, and still decides the verdict",
  async () => {
    const { list } = underTestOf("bridge", "1.0.0");
    const known = [{ clause: "version.echo", versions: [], reason: "the library ignores the input" }];
    const report = await testBridge({ profile: { ...guessProfile(list), known }, only: "version.echo" });
    expect(report.conformance).toEqual([
      expect.objectContaining({ status: "known", message: expect.stringContaining("the library ignores") as string }),
    ]);
    expect(report.verdicts["1.0.0"]).toBe("not conformant");
  },
  TIMEOUT,
);

test(
  "failFast stops after the first failure",
  async () => {
    const report = await testBridge({ failFast: true, versions: ["1.0.0"] });
    expect(report.conformance.at(-1)).toMatchObject({ status: "fail" });
    expect(report.conformance.length).toBeLessThan(10);
  },
  TIMEOUT,
);

test("a selection without clauses is a usage error", async () => {
  await expect(testBridge({ only: "nothing.*", versions: ["1.0.0"] })).rejects.toThrow(
    /no clause matches "nothing\.\*"/,
  );
});

test(
  "setup runs once on the node, and its files are on every test node",
  async () => {
    const { list } = underTestOf("bridge", "1.0.0");
    const setup = "mkdir -p /etc/agent /opt/agent; echo once >>/etc/agent/runs; cp /bin/sleep /opt/agent/daemon";
    const prepare = '[ "$(cat /etc/agent/runs)" = once ]; /opt/agent/daemon 600 &';
    const report = await testBridge({
      profile: { ...guessProfile(list), setup, prepare },
      ...{ only: "env.command.missing,version.*", versions: ["1.0.0"], jobs: 2 },
    });
    expect(report.conformance.map(({ status }) => status)).toContain("pass");
    const row = report.conformance.find(({ clause }) => clause === "env.command.missing");
    expect(row?.reproduce?.split("\n").slice(0, 2)).toEqual([
      expect.stringContaining("echo once") as string,
      expect.stringContaining("/opt/agent/daemon 600") as string,
    ]);
    expect(await run(lab().node.shell, ["cat", "/etc/agent/runs"])).toBe("once\n");
  },
  TIMEOUT,
);

test("a setup that fails ends the run", async () => {
  const { list } = underTestOf("bridge", "1.0.0");
  await expect(testBridge({ profile: { ...guessProfile(list), setup: "echo no keys >&2; exit 3" } })).rejects.toThrow(
    /the setup script: .* failed with exit code 3: no keys/,
  );
});

/** Hostile plugins must not disturb the suite: each gets its verdict in time. */
test.each([
  ["hangs", "env.exit.success", "exec sleep 1000"],
  ["writes without end", "env.exit.success", "exec yes"],
  ["ends its process group", "env.exit.success", "kill -9 -$$ 0"],
  ["deletes the namespace", "add.creates", `ip netns delete "\${CNI_NETNS##*/}"; echo '{"cniVersion":"1.0.0"}'`],
  ["leaves a daemon that keeps the pipes", "env.detached", "setsid sleep 1000 & exit 0"],
  ["is not executable", "out.add.onejson", ""],
  ["eats memory", "env.exit.success", "x=a; while :; do x=$x$x; done"],
  ["ends every process that it sees", "env.exit.success", "kill -9 -1"],
])(
  "a plugin that %s fails %s without a hang",
  async (name, clause, script) => {
    const file = `hostile-${name.replaceAll(" ", "-")}`;
    await lab().putMutant(file, script === "" ? "\0\0" : `#!/bin/sh\n${script}\n`);
    const list = networkWithBinary("bridge", "1.0.0", file);
    const profile = { ...guessProfile(list), operationLimit: 2 };
    const report = await testNetwork(lab(), list, { profile, versions: ["1.0.0"], only: clause });
    expect(
      report.conformance.map(({ status }) => status),
      JSON.stringify(report.warnings),
    ).toEqual(["fail"]);
  },
  TIMEOUT,
);

test(
  "clauses to test first are tested first, and rows keep their order",
  async () => {
    const tested: string[] = [];
    const { conformance } = await testBridge({
      ...{ only: "version.*", versions: ["1.0.0"], first: ["version.echo", "version.shape"] },
      onRow: ({ clause }) => void tested.push(clause),
    });
    const rows = conformance.map(({ clause }) => clause);
    const first: readonly string[] = rows.filter((clause) => clause === "version.echo" || clause === "version.shape");
    expect(tested).toEqual([...first, ...rows.filter((clause) => !first.includes(clause))]);
    expect(tested).not.toEqual(rows);
  },
  TIMEOUT,
);
