/** `cnibench conformance` from the point of view of a plugin author. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { packageRoot } from "../../core/paths.ts";
import { cacheDir } from "../../tools/cache.ts";
import { findCniPlugin, findTool } from "../../tools/find.ts";
import type { ConformanceReport } from "../../results/verdicts.ts";
import { cnibench, PROGRAM, temporaryDir } from "../helpers/cnibench.ts";
import { createHost, localShell } from "../../core/local.ts";

const host = createHost();

test("a conformant plugin: exit code 0", async () => {
  const { exitCode, stdout } = await cnibench([
    "conformance",
    "simplecni",
    "--yes",
    "--spec",
    "1.1.0",
    "--only",
    "del.*",
    "--jobs",
    "2",
  ]);
  expect(stdout).toMatch(/^1\.1\.0 +selection passed +selection passed +\d+ +0 +0 +0 +0 +\d+$/m);
  expect(exitCode).toBe(0);
});

const SYSTEM_HAS_IPTABLES = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"].some(
  (dir) => existsSync(join(dir, "iptables")),
);

test.skipIf(SYSTEM_HAS_IPTABLES)("a machine without iptables and without consent to fetch it", async () => {
  const dir = temporaryDir();
  mkdirSync(join(dir, "bin"));
  for (const tool of ["ping", "jq"]) {
    const file = join(dir, "bin", tool);
    writeFileSync(file, `#!/bin/sh\nexec "${findTool(host, tool) ?? ""}" "$@"\n`, { mode: 0o755 });
  }
  const args = ["conformance", join(packageRoot(), "plugins/simplecni/simplecni"), "--spec", "1.1.0"];
  const env = { CNIBENCH_CACHE: join(dir, "cache"), PATH: `${join(dir, "bin")}:${process.env.PATH}` };
  const { exitCode, stdout, stderr } = await cnibench([...args, "--only", "add.creates,leak.rules"], { env });
  expect(stderr).toMatch(/missing: iptables;.*\nskipping the clauses that need iptables\n/);
  expect(stdout).toMatch(/^1\.1\.0 +selection passed +selection passed +2 +0 +0 +0 +0 +0$/m);
  expect(exitCode).toBe(0);
});

test("a user's plugin that violates a clause: exit code 4 and a command line to reproduce it", async () => {
  const dir = temporaryDir();
  mkdirSync(join(dir, "bin"));
  const own = join(dir, "bin/mine");
  // simplecni with one change: VERSION returns another version than that of the request.
  const simplecni = readFileSync(join(packageRoot(), "plugins/simplecni/simplecni"), "utf8");
  const answer = `printf '{"cniVersion":"%s","supportedVersions":[%s]}\\n' "$version"`;
  expect(simplecni).toContain(answer);
  writeFileSync(own, simplecni.replace(answer, answer.replace("$version", "0.3.0")));
  chmodSync(own, 0o755);
  writeFileSync(
    join(dir, "mine.conf"),
    JSON.stringify({ cniVersion: "1.0.0", name: "mine", type: "mine", bridge: "mine0", subnet: "10.244.0.0/16" }),
  );
  const { exitCode, stdout } = await cnibench([
    "conformance",
    own,
    "--yes",
    "--conf",
    join(dir, "mine.conf"),
    "--spec",
    "1.0.0",
    "--only",
    "version.echo",
    "--format",
    "json",
  ]);
  const report = JSON.parse(stdout) as ConformanceReport;
  expect(report).toMatchObject({
    plugin: "mine",
    kind: "interface",
    specVersions: ["1.0.0"],
    verdicts: { "1.0.0": "not conformant" },
  });
  const failed = report.conformance.filter(({ status }) => status === "fail");
  expect(failed.map(({ clause }) => clause)).toEqual(["version.echo"]);
  for (const { reproduce, expected, got } of failed)
    expect([reproduce, expected, got].every((text) => text !== undefined && text !== "")).toBe(true);
  expect(exitCode).toBe(4);
});

test("a chain is tested as a unit and per member, and the verdict is that of the named plugin", async () => {
  const file = join(temporaryDir(), "chain.conflist");
  const bridge = { type: "bridge", bridge: "cbr0", ipam: { type: "host-local", subnet: "10.99.0.0/24" } };
  writeFileSync(
    file,
    JSON.stringify({ cniVersion: "1.0.0", name: "chain", plugins: [bridge, { type: "tuning", mtu: 1400 }] }),
  );
  const only = "check.after-add,del.ok,version.list.semver";
  const { exitCode, stdout } = await cnibench([
    "conformance",
    "tuning",
    "--yes",
    "--conf",
    file,
    "--spec",
    "1.0.0",
    "--only",
    only,
    "--format",
    "json",
  ]);
  const report = JSON.parse(stdout) as ConformanceReport;
  const rows = report.conformance.map(({ plugin, clause, status }) => `${plugin} ${clause} ${status}`);
  expect(rows.sort()).toEqual([
    ...["bridge check.after-add pass", "bridge del.ok pass", "bridge version.list.semver pass"],
    ...["bridge+tuning check.after-add pass", "bridge+tuning del.ok pass"],
    ...["tuning check.after-add pass", "tuning del.ok pass", "tuning version.list.semver pass"],
  ]);
  expect(report).toMatchObject({ plugin: "tuning", kind: "chained", verdicts: { "1.0.0": "selection passed" } });
  expect(exitCode).toBe(0);
});

test("versions and plugins without a selected clause affect neither the verdict nor the exit code", async () => {
  const { exitCode, stdout, stderr } = await cnibench([
    ...["conformance", "ptp", "loopback", "--yes", "--spec", "0.3.1,0.4.0,1.0.0", "--only", "check.tamper.lease-*"],
    ...["--format", "json"],
  ]);
  expect(stderr).toContain('no clause matches "check.tamper.lease-*" for loopback at 0.3.1, 0.4.0, 1.0.0');
  const report = JSON.parse(stdout) as ConformanceReport;
  expect(report.specVersions).toEqual(["0.4.0", "1.0.0"]);
  expect(Object.keys(report.verdicts)).toEqual(["0.4.0", "1.0.0"]);
  expect(exitCode).toBe(0);
});

test("text says why a MUST clause could not be judged, with the words of the plugin", async () => {
  const dir = temporaryDir();
  const own = join(dir, "mute");
  writeFileSync(own, "#!/bin/sh\necho 'cannot open the lease file' >&2\necho 'CNI command: ADD'\n", { mode: 0o755 });
  const conf = join(dir, "mute.conflist");
  writeFileSync(conf, JSON.stringify({ cniVersion: "1.0.0", name: "mute", plugins: [{ type: "mute" }] }));
  const args = ["conformance", own, "--yes", "--conf", conf, "--spec", "1.0.0", "--only", "add.result.version"];
  const { exitCode, stdout } = await cnibench(args);
  expect(stdout).toMatch(/SKIP add\.result\.version \(1\.0\.0\)\n {2}.*CNI command: ADD.*cannot open the lease file/);
  expect(stdout).toMatch(/^1\.0\.0 +not tested/m);
  expect(exitCode).toBe(3);
});

test("a plugin finds the programs next to it and the files in its configuration, and prepare never races", async () => {
  const dir = temporaryDir();
  const name = "caller";
  const script = `#!/bin/sh
[ "$CNI_COMMAND" = VERSION ] && exec /opt/cni/bin/helper
[ "$(jq -r .kubeconfig | xargs cat)" = secret ] || { echo '{"code":100,"msg":"kubeconfig not found"}'; exit 1; }
echo '{"cniVersion":"1.0.0","name":"n","type":"helper","bridge":"cbr0"}' | /opt/cni/bin/helper
`;
  writeFileSync(join(dir, name), script, { mode: 0o755 });
  copyFileSync(findCniPlugin(host, "bridge") ?? "", join(dir, "helper"));
  chmodSync(join(dir, "helper"), 0o755);
  const kubeconfig = join(dir, "kubeconfig");
  writeFileSync(kubeconfig, "secret");
  const config = { cniVersion: "1.0.0", name: "n", plugins: [{ type: name, kubeconfig }] };
  // Replacing a program that another test executes would fail with "Text file busy".
  const prepare = "cp /opt/cni/bin/helper /tmp/helper; cp /tmp/helper /opt/cni/bin/helper";
  const profile = join(dir, "profile.yaml");
  writeFileSync(profile, JSON.stringify({ kinds: ["interface"], config: JSON.stringify(config), prepare }));
  const only = "add.creates,add.up,del.*";
  const { exitCode, stdout, stderr } = await cnibench([
    ...[
      "conformance",
      join(dir, name),
      "--yes",
      "--profile",
      profile,
      "--spec",
      "1.0.0",
      "--only",
      only,
      "--jobs",
      "4",
    ],
    ...["--format", "json"],
  ]);
  const report = JSON.parse(stdout) as ConformanceReport;
  const passed = report.conformance.filter(({ status }) => status === "pass").map(({ clause }) => clause);
  expect(passed, stderr).toEqual(expect.arrayContaining(["add.creates", "add.up", "del.ok"]));
  expect(report.warnings).toEqual([]);
  expect([0, 4]).toContain(exitCode);
});

test("writes one HTML page for several plugins", async () => {
  const file = join(temporaryDir(), "page.html");
  const { exitCode, stdout } = await cnibench([
    "conformance",
    "bridge",
    "ptp",
    "--yes",
    "--spec",
    "0.4.0",
    "--only",
    "version.list.semver",
    "--format",
    "html",
    "--out",
    file,
  ]);
  expect(stdout).toBe("");
  const page = readFileSync(file, "utf8");
  for (const plugin of ["bridge", "ptp"])
    expect(page).toContain(`<th scope="colgroup" colspan="1"><bdi>${plugin}</bdi></th>`);
  expect(exitCode).toBe(0);
});

test.each([
  ["#!/no/such/interpreter\n", 'needs the interpreter "/no/such/interpreter", which was not found'],
  ["#!/bin/sh\r\nexit 0\r\n", "is a script with CR LF line ends"],
  ["echo hello\n", "is neither an ELF file nor a script"],
])("a file that cannot be executed: %j", async (text, sentence) => {
  const file = join(temporaryDir(), "mine");
  writeFileSync(file, text, { mode: 0o755 });
  const { exitCode, stderr } = await cnibench(["conformance", "--yes", file]);
  expect(stderr).toContain(`${file} ${sentence}`);
  expect(exitCode).toBe(2);
});

test("a delegated plugin that cannot be executed, also if another directory has a working one", async () => {
  const dir = temporaryDir();
  const conf = join(dir, "mine.conf");
  writeFileSync(conf, '{"cniVersion": "1.0.0", "name": "mine", "type": "bridge", "ipam": {"type": "host-local"}}');
  writeFileSync(join(dir, "host-local"), "#!/bin/sh\r\n", { mode: 0o755 });
  const { exitCode, stderr } = await cnibench(["conformance", "--yes", "bridge", "--conf", conf, "--cni-path", dir]);
  expect(stderr).toContain(`${dir}/host-local is a script with CR LF line ends`);
  expect(exitCode).toBe(2);
});

test.each([
  [["./nowhere"], "does not exist"],
  [["/usr"], "/usr is a directory"],
  [["/etc/passwd"], '/etc/passwd is not executable; run "chmod +x /etc/passwd"'],
  [["unheard-of"], 'unknown plugin "unheard-of"; pass --conf FILE'],
  [["bridge", "ptp", "--conf", "x.conf"], "--conf and --profile: only for a single plugin"],
  [["bridge", "bridge"], "duplicate plugin name bridge"],
  [["bridge", "--node", "node9"], "--node node9: not found; the cluster has node1"],
  [["bridge", "--only", "nosuch.*"], 'no clause matches "nosuch.*"'],
  [["bridge", "--spec", "9.9.9"], 'unknown value "9.9.9"; expected all, 0.1.0'],
])("bad input: %j", async (args, sentence) => {
  const { exitCode, stderr } = await cnibench(["conformance", "--yes", ...args]);
  expect(stderr).toContain(sentence);
  expect(exitCode).toBe(2);
});

/** A copy of simplecni that can be changed. */
function ownSimplecni(): { readonly file: string; readonly env: Record<string, string>; readonly args: string[] } {
  const dir = temporaryDir();
  const file = join(dir, "simplecni");
  copyFileSync(join(packageRoot(), "plugins/simplecni/simplecni"), file);
  // The tools of the real cache, but not its failures.
  mkdirSync(join(dir, "cache"));
  symlinkSync(join(cacheDir(host), "tools"), join(dir, "cache/tools"));
  const selection = ["--spec", "1.1.0", "--only", "version.ok,add.result.version", "--jobs", "1"];
  return {
    file,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", CNIBENCH_CACHE: join(dir, "cache") },
    args: ["conformance", file, "--yes", ...selection],
  };
}

/** Inserted after the first line, breaks VERSION. */
const FAULT = '[ "$CNI_COMMAND" != VERSION ] || exit 1\n';

test("--rerun-failed tests the clauses that failed in the last run, until none fails", async () => {
  const { file, env, args } = ownSimplecni();
  const rerun = (): ReturnType<typeof cnibench> => cnibench([...args, "--rerun-failed"], { env });
  expect(await rerun()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("no earlier run") as string });
  const working = readFileSync(file, "utf8");
  writeFileSync(
    file,
    working.replace(/^#!.*\n/, (line) => line + FAULT),
  );
  expect((await cnibench(args, { env })).exitCode).toBe(4);
  expect(await rerun()).toMatchObject({
    exitCode: 4,
    stderr: expect.stringMatching(/^1\/1 FAIL .*\nsimplecni 1\.1\.0: not conformant: 0 passed, 1 failed, /) as string,
  });
  writeFileSync(file, working);
  expect(await rerun()).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("1 passed, 0 failed") as string });
  expect(await rerun()).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("no clause failed") as string });
});

test("--watch tests again when the binary changes, failed clauses first, and ends cleanly on Ctrl-C", async () => {
  const { file, env, args } = ownSimplecni();
  const working = readFileSync(file, "utf8");
  let printed = "";
  const onStdout = (chunk: Uint8Array): void => void (printed += new TextDecoder().decode(chunk));
  const watching = localShell().start(["sh", "-c", 'exec "$@" 2>&1', "sh", ...PROGRAM, ...args, "--watch"], {
    ...{ env, stdin: "", onStdout },
  });
  const idle = (runs: number): Promise<void> =>
    vi.waitFor(() => expect(printed.match(/press Ctrl-C to end/g)).toHaveLength(runs), { timeout: 60_000 });
  await idle(1);
  expect(printed).toContain("simplecni 1.1.0: selection passed: 2 passed");
  writeFileSync(
    file,
    working.replace(/^#!.*\n/, (line) => line + FAULT),
  );
  await idle(2);
  expect(printed).toMatch(
    /FAIL simplecni version\.ok .*\n(.*\n)*simplecni 1\.1\.0: not conformant: 1 passed, 1 failed, /,
  );
  writeFileSync(file, working);
  await idle(3);
  watching.kill("SIGINT");
  expect(await watching.done).toMatchObject({ exitCode: 130, signal: null });
  expect(printed).not.toMatch(/^\s+at /m);
});
