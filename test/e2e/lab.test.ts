/** `cnibench lab`: the printed commands work in another terminal, and the lab leaves no trace. */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createHost, localShell, startStreaming } from "../../core/local.ts";
import { run } from "../../core/shell.ts";
import { findCniPlugin, findTool } from "../../tools/find.ts";
import { cnibench, PROGRAM, temporaryDir } from "../helpers/cnibench.ts";
import { readHostState, settledDifference } from "../helpers/host-state.ts";
import { PATH_LINE, withLab } from "../helpers/lab.ts";

const host = createHost();

const ENV = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
test("the printed commands enter node and pod, and the host is unchanged afterwards", async () => {
  const before = await readHostState();
  const temporary = temporaryDir();
  const lastLine = await withLab(
    ["bridge", "--nodes", "1", "--pods", "1"],
    async ([node, pod], dir) => {
      expect(node).toMatch(/^node1  node1, 172\.31\.0\.11, /);
      expect(pod).toBe("pod1   cnibench-1 on node1, 10.244.1.2");
      const shell = localShell({ ...ENV, PATH: `${dir}:${ENV.PATH}` });
      expect(await run(shell, ["node1"], { stdin: "hostname; ip -br addr show cni0\n" })).toMatch(
        /^node1\ncni0 +UP +10\.244\.1\.1\/24/,
      );
      expect(
        await run(shell, ["pod1", "sh", "-c", "ip -br -4 addr show $1; ping -c1 -w2 172.31.0.11", "sh", "eth0"]),
      ).toMatch(/^eth0\S+ +UP +10\.244\.1\.2\/24 \n.*1 received/s);
    },
    { TMPDIR: temporary },
  );
  expect(lastLine).toBe("press Ctrl-C or close standard input to remove the lab");
  expect(readdirSync(temporary)).toEqual([]);
  expect(await settledDifference(before)).toEqual([]);
});

test("kill -9 leaves no trace except for the directory of the commands, which clean removes", async () => {
  const before = await readHostState();
  const env = { TMPDIR: temporaryDir() };
  const stream = startStreaming([...PROGRAM, "lab", "host-device", "--nodes", "1", "--pods", "3"], { ...ENV, ...env });
  const ended = new Promise<string>((resolve) => stream.onEnd(resolve));
  let printed = "";
  await Promise.race([
    ended,
    new Promise<void>((resolve) =>
      stream.onData((chunk) => (PATH_LINE.test((printed += chunk.toString())) ? resolve() : undefined)),
    ),
  ]);
  expect(printed).toMatch(/^pod3   cnibench-3 on node1, 10\.244\.1\.3\n/m);
  stream.kill("SIGKILL");
  await ended;
  expect(await settledDifference(before)).toEqual([]);
  expect(readdirSync(env.TMPDIR)).toHaveLength(1);
  await cnibench(["clean"], { env, timeout: 30 });
  expect(readdirSync(env.TMPDIR)).toEqual([]);
});

test.skipIf(findTool(host, "script") === null)("opens a shell with the commands if it runs on a terminal", async () => {
  const lab = [...PROGRAM, "lab", "simplecni", "--nodes", "1", "--pods", "0"].join(" ");
  const output = await localShell().exec(["script", "-qec", lab, "/dev/null"], {
    stdin: "node1 hostname | tr 1 7\nexit\n",
    env: { SHELL: "/bin/sh" },
    timeout: 30,
  });
  expect(output.stdout).toContain("shell with these commands; exit to remove the lab");
  expect(output.stdout).toContain("node7");
  expect(output.exitCode).toBe(0);
});

test.each([
  ["pod1 ping -c1 -w2 10.244.1.3 >/dev/null && node1 ip -br link show cni0 >/dev/null && exit 7", 7],
  ["kill -9 $$", 137],
])("runs %j instead of the shell, and exits with its status", async (script, status) => {
  const { exitCode, stderr } = await cnibench(["lab", "bridge", "--nodes", "1", "--", "sh", "-c", script], {
    timeout: 30,
  });
  expect(stderr).toBe("");
  expect(exitCode).toBe(status);
});

test("--conf and the path of a binary replace those of a known plugin", async () => {
  const dir = temporaryDir();
  copyFileSync(findCniPlugin(host, "bridge") ?? "", join(dir, "bridge"));
  const ipam = { type: "host-local", subnet: "10.77.0.0/24" };
  const conf = { cniVersion: "1.0.0", name: "other", plugins: [{ type: "bridge", bridge: "other0", ipam }] };
  writeFileSync(join(dir, "other.conflist"), JSON.stringify(conf));
  const { stdout, exitCode } = await cnibench(
    ["lab", `${dir}/bridge`, "--conf", `${dir}/other.conflist`, "--nodes", "1", "--", "node1", "ls", "/sys/class/net"],
    { timeout: 30 },
  );
  expect(stdout).toMatch(/^other0$/m);
  expect(stdout).not.toMatch(/^cni0$/m);
  expect(exitCode).toBe(0);
});

describe("invalid or unsupported options", () => {
  test.each([
    [["bridge", "--pods", "5000"], 2, "--pods 5000: the /24 ranges of 2 nodes have only 506 addresses"],
    [["host-device", "--pods", "7"], 2, "--pods 7: host-device supports at most 6 on 2 nodes"],
    [["bridg"], 2, 'unknown plugin "bridg" (did you mean "bridge"?)'],
    [["host"], 2, '"host" is the baseline, not a plugin'],
    [["bridge", "--underlay-rate", "fast"], 2, 'invalid rate "fast"'],
    [["bridge", "--underlay-delay", "5"], 2, 'invalid delay "5"'],
    [["bridge", "--underlay-loss", "100%"], 2, 'invalid packet loss "100%"'],
    [["simplecni", "--family", "ipv6"], 3, "simplecni supports only ipv4, not ipv6"],
  ])("lab %j", async (args, code, sentence) => {
    const { exitCode, stderr } = await cnibench(["lab", ...args], { timeout: 30 });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(code);
  });
});

test("run --keep keeps the last lab open until Ctrl-C, and then completes the run", async () => {
  const dir = temporaryDir();
  const suite = join(dir, "one.yaml");
  writeFileSync(suite, "name: one\nblocks: 1\nscenarios:\n  - name: pods\n    runner: lifecycle\n");
  const stream = startStreaming(
    [
      "sh",
      "-c",
      'exec "$@" 2>&1',
      "sh",
      ...PROGRAM,
      "run",
      "--yes",
      "--keep",
      "--plugins",
      "ptp",
      "--suite",
      suite,
      "--out",
      join(dir, "out"),
    ],
    ENV,
  );
  const ended = new Promise<string>((resolve) => stream.onEnd(resolve));
  let printed = "";
  const kept = new Promise<void>((resolve) => {
    stream.onData((chunk) => {
      printed += chunk.toString();
      if (printed.includes("the lab is still running")) resolve();
    });
  });
  await Promise.race([kept, ended]);
  const enter = /^# node2, .*\n(.*)$/m.exec(printed)?.[1] ?? "false";
  expect(await run(localShell(), ["sh", "-c", enter], { stdin: "hostname\n" })).toBe("node2\n");
  stream.kill("SIGINT");
  await ended;
  expect(printed).toContain(`html report: ${dir}/out/report.html`);
  expect(readFileSync(join(dir, "out/run.json"), "utf8")).toContain('"outcome": "complete"');
});

test("a plan can contain two versions of a plugin", async () => {
  const dir = join(temporaryDir(), "cni 1.9");
  mkdirSync(dir);
  copyFileSync(findCniPlugin(host, "bridge") ?? "", join(dir, "bridge"));
  const { stdout, stderr } = await cnibench(
    ["plan", "--plugins", `bridge,bridge@${dir}`, "--suite", "lifecycle", "--format", "json"],
    { timeout: 30 },
  );
  expect(stderr).toBe("");
  expect((JSON.parse(stdout) as { plugins: string[] }).plugins).toEqual(["bridge", "bridge-in-cni-1.9"]);
});
