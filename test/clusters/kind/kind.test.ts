/** The life of a kind cluster, with scripted outputs of kind and docker. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cleanKind } from "../../../clusters/kind/clean.ts";
import { kind } from "../../../clusters/kind/kind.ts";
import { putFiles } from "../../../clusters/kind/nodes.ts";
import { pauseNodes, resumeNodes } from "../../../clusters/kind/pause.ts";
import type { Node } from "../../../core/model.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, fakeShell, type FakeShell } from "../../helpers/fake-host.ts";
import { fakeKubectl, printed } from "../../helpers/fake-kubectl.ts";

const CREATE = "setpriv --pdeathsig KILL kind create cluster";
const SPEC = { nodes: 2, underlayMtu: 1500, runId: "2026-01-31T12-00-00-abc" };

/** Returns the command lines. */
const commands = ({ calls }: FakeShell): string[] => calls.map(({ argv }) => argv.join(" "));

describe("create", () => {
  test("a failure of kind is reported with its reason, after the cluster and its directory are removed", async () => {
    const stderr =
      "Creating cluster ...\n" +
      'ERROR: failed to create cluster: command "docker run" failed with error: exit status 125\n' +
      "Command Output: docker: Error response from daemon: too many open files.\n";
    const host = fakeHost(
      { [CREATE]: { exitCode: 1, stderr }, "kind delete cluster": {} },
      { tempDir: temporaryDir() },
    );
    await expect(kind.create(host, SPEC)).rejects.toThrow(
      /^kind failed with exit code 1: ERROR: failed to create cluster: .*; Command Output: .*; raise the limit with: /,
    );
    const [create = "", remove = ""] = commands(host.shell);
    const [, name = ""] = /--name (cnibench-\S+) /.exec(create) ?? [];
    expect(name).toMatch(new RegExp(`^cnibench-20260131t120000a-p${process.pid}-[0-9a-f]{8}-[0-9a-f]{4}$`));
    expect(remove).toContain(`kind delete cluster --name ${name} --kubeconfig ${join(host.tempDir, name)}/kubeconfig`);
    expect(JSON.parse(String(host.shell.calls[0]?.options.stdin))).toMatchObject({ kind: "Cluster" });
    expect(readdirSync(host.tempDir)).toEqual([]);
  });

  test("a cluster that cannot be removed is named with the command that removes it", async () => {
    const host = fakeHost(
      { [CREATE]: { exitCode: null, ended: "abort" }, "kind delete cluster": { exitCode: 1, stderr: "ERROR: busy\n" } },
      { tempDir: temporaryDir() },
    );
    await expect(kind.create(host, SPEC)).rejects.toThrow(
      /^cannot remove kind cluster (\S+): ERROR: busy; try again with: kind delete cluster --name \1$/,
    );
  });
});

describe("clean", () => {
  /** No process can have this ID: the kernel's maximum is 4194304. */
  const DEAD = "cnibench-a-p99999999-0a1b";
  const ALIVE = `cnibench-b-p${process.pid}-0a1b`;

  test("only the clusters and directories of processes that no longer exist are removed", async () => {
    const tempDir = temporaryDir();
    const bin = temporaryDir();
    writeFileSync(join(bin, "kind"), "", { mode: 0o755 });
    mkdirSync(join(tempDir, DEAD));
    const host = fakeHost(
      { "kind get clusters": { stdout: `${ALIVE}\n${DEAD}\nkind\n` }, "kind delete cluster": {} },
      { tempDir, env: { PATH: bin, CNIBENCH_CACHE: bin } },
    );
    expect(await cleanKind(host)).toEqual([
      expect.stringContaining(`kind cluster ${ALIVE} skipped: process ${process.pid} is still running`),
      `kind cluster ${DEAD} removed`,
    ]);
    expect(commands(host.shell).slice(1)).toEqual([`kind delete cluster --name ${DEAD}`]);
    expect(existsSync(join(tempDir, DEAD))).toBe(false);
  });
});

describe("pause", () => {
  test("a failure names the option that avoids it", async () => {
    const host = fakeHost({ "docker pause a b": { exitCode: 1, stderr: "Error: cannot pause container\n" } });
    await expect(pauseNodes(host, ["a", "b"])).rejects.toThrow(
      "docker pause failed: Error: cannot pause container; create one cluster at a time with --clusters-at-once 1",
    );
  });

  test("a cluster has recovered when every lease was renewed after the resume", async () => {
    const host = fakeHost({ "docker unpause": {} });
    host.clock.advance(1000);
    let reads = 0;
    const lease = (name: string, seconds: number): object => ({
      metadata: { name },
      spec: { renewTime: new Date(seconds * 1000).toISOString() },
    });
    const { kubectl } = fakeKubectl({
      "get leases": () => {
        reads++;
        return { stdout: JSON.stringify({ items: [lease("scheduler", 1001), lease("a", reads < 3 ? 999 : 1002)] }) };
      },
    });
    await resumeNodes(host, ["a", "b"], kubectl);
    expect(reads).toBe(3);
    expect(commands(host.shell)).toEqual(["docker unpause a b"]);
  });

  test("the leases that are not renewed in time are named", async () => {
    const host = fakeHost({ "docker unpause": {} });
    host.clock.advance(1000);
    const old = { metadata: { name: "kube-scheduler" }, spec: { renewTime: "1970-01-01T00:00:01.000000Z" } };
    const { kubectl } = fakeKubectl({ "get leases": printed({ items: [old] }) });
    await expect(resumeNodes(host, ["a"], kubectl)).rejects.toThrow(
      "the paused cluster did not recover within 120 s:\nleases not renewed: kube-scheduler",
    );
  });
});

test("texts are written on the node, files of the host are copied by docker", async () => {
  const host = fakeHost({ "docker cp": {} });
  const shell = fakeShell({ install: {}, chmod: {} }, "worker");
  const node: Node = { name: "worker", index: 1, ip: "", ip6: null, shell };
  await putFiles(host, node, [
    { path: "/etc/a", mode: 0o644, source: { text: "text" } },
    { path: "/opt/cni/bin/b", mode: 0o755, source: { file: "/home/b" } },
  ]);
  expect(shell.calls[0]).toMatchObject({ options: { stdin: "text" } });
  expect(commands(shell)).toEqual(["install -D -m 644 /dev/stdin /etc/a", "chmod 755 /opt/cni/bin/b"]);
  expect(commands(host.shell)).toEqual(["docker cp --follow-link /home/b worker:/opt/cni/bin/b"]);
});
