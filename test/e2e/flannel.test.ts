/** flannel on bare nodes with a real etcd: loads, lifecycle and resource usage of its daemons, and failing daemons. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Process } from "../../core/shell.ts";
import type { Summary } from "../../results/summary.ts";
import { cnibench, expectVerified, startCnibench, temporaryDir, temporaryDirOfFile } from "../helpers/cnibench.ts";
import { buildFlannel } from "../helpers/flannel.ts";
import { readHostState, settledDifference } from "../helpers/host-state.ts";

const SUITE = join(import.meta.dirname, "flannel.suite.yaml");

const bin = temporaryDirOfFile();
const flannelTest = test.skipIf((await buildFlannel(bin)) !== null);

flannelTest(
  "both backends are measured on both paths, with the usage of their daemons, and leave no trace",
  async () => {
    const before = await readHostState();
    const out = join(temporaryDir(), "out");
    const { stderr, exitCode } = await cnibench([
      "run",
      "--yes",
      "--plugins",
      "flannel,flannel-host-gw",
      "--bin-dir",
      bin,
      "--suite",
      SUITE,
      "--out",
      out,
    ]);
    expect(`${stderr}\n${exitCode}`).toMatch(/\n0$/);
    expect(await settledDifference(before)).toEqual([]);

    const { run, cells } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
    expect(run.plan.clusterReason).toBe("every plugin has a recipe for netns");
    const absent = cells.filter(({ state }) => state !== "measured");
    expect(absent.filter(({ plugin, reason }) => plugin !== "flannel" || reason !== "the kernel lacks vxlan")).toEqual(
      [],
    );
    for (const path of ["same-node", "cross-node"]) {
      const of = (metric: string) =>
        cells.find((cell) => cell.id === `flannel/tcp-1/flannel-host-gw/netns/${path}/${metric}`)?.median;
      expect(of("throughput")).toBeGreaterThan(1e6);
      expect(of("mtu")).toBe(1500);
      expect(of("memory")).toBeGreaterThan(10e6);
      expect(of("cpu-daemons")).toBeGreaterThanOrEqual(0);
      expect(of("cpu-daemons")).toBeLessThan(2);
    }
    for (const cell of cells.filter(({ plugin, metric }) => plugin === "flannel" && metric === "mtu"))
      expect(cell.median ?? 1450).toBe(1450);
    const life = cells
      .filter(({ plugin, runner }) => plugin === "flannel-host-gw" && runner === "lifecycle")
      .map(({ metric }) => metric);
    expect(life.toSorted()).toEqual(["add-time", "check-time", "del-time", "pod-ready-time"]);
    expect(cells.filter(({ plugin, metric }) => plugin === "host" && /daemons|memory/.test(metric))).toEqual([]);
    await expectVerified(out);
    const logs = readdirSync(join(out, "logs/1-flannel-host-gw")).sort();
    expect(logs).toEqual(["node1-etcd.log", "node1-flanneld.log", "node2-flanneld.log"]);
    expect(readFileSync(join(out, "logs/1-flannel-host-gw/node2-flanneld.log"), "utf8")).toContain(
      "Wrote subnet file to /run/flannel/subnet.env",
    );
  },
);

flannelTest("a killed run leaves no daemons", async () => {
  const before = await readHostState();
  const out = join(temporaryDir(), "out");
  const running = startCnibench([
    "run",
    "--yes",
    "--plugins",
    "flannel-host-gw",
    "--bin-dir",
    bin,
    "--suite",
    SUITE,
    "--only",
    "*/pods/*",
    "--out",
    out,
  ]);
  await started("flanneld", running);
  running.kill("SIGKILL");
  await running.done;
  expect(await settledDifference(before)).toEqual([]);
});

/** Creates a directory with scripts that replace flannel's binaries. @param daemon script of flanneld, null: none */
function binWith(daemon: string | null): string {
  const dir = join(temporaryDir(), "bin");
  mkdirSync(dir);
  writeFileSync(join(dir, "flannel"), "#!/bin/sh\n", { mode: 0o755 });
  if (daemon !== null) writeFileSync(join(dir, "flanneld"), `#!/bin/sh\n${daemon}\n`, { mode: 0o755 });
  return dir;
}

test("a missing daemon is reported with its download URL before anything is created", async () => {
  const out = join(temporaryDir(), "out");
  const flags = ["--plugins", "flannel-host-gw", "--bin-dir", binWith(null), "--suite", "lifecycle", "--out", out];
  const { exitCode, stderr } = await cnibench(["run", "--yes", "--cluster", "netns", ...flags], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  expect(stderr).toContain(
    'plugin flannel-host-gw needs the daemon binary "flanneld", which was not found; fix: download it from ' +
      "https://github.com/flannel-io/flannel/releases and pass its directory with --bin-dir DIR",
  );
  expect(exitCode).toBe(3);
  expect(existsSync(out)).toBe(false);
});

test("a daemon that exits at once fails its deployment with its last lines, and other plugins continue", async () => {
  const out = join(temporaryDir(), "out");
  const bad = binWith('echo "starting up"; echo "no lease for $1" >&2; exit 7');
  const { exitCode, stdout } = await cnibench([
    "run",
    "--yes",
    "--plugins",
    "bridge,flannel-host-gw",
    "--bin-dir",
    bad,
    "--suite",
    SUITE,
    "--only",
    "*/pods/*",
    "--out",
    out,
  ]);
  expect(stdout).toMatch(/flanneld on node[12] failed with exit code 7; last output:/);
  expect(stdout).toMatch(/pods add-time +same-node +bridge/);
  expect(exitCode).toBe(3);
  expect(readFileSync(join(out, "logs/1-flannel-host-gw/node1-flanneld.log"), "utf8")).toMatch(
    /failed with exit code 7.*\nstarting up\nno lease for --etcd-endpoints=/,
  );
});

/** Waits until a process with that name runs. */
async function started(name: string, running: Process): Promise<void> {
  const ended = running.done.then(({ stderr }) => Promise.reject(new Error(`exited before ${name} ran: ${stderr}`)));
  ended.catch(() => undefined);
  const isThere = (): boolean => readdirSync("/proc").some((pid) => /^\d+$/.test(pid) && commandOf(pid) === name);
  while (!isThere()) await Promise.race([new Promise((resolve) => setTimeout(resolve, 20)), ended]);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return ""; // the process has just exited
  }
}
