/** The client of the API, with a program in kubectl's place that says what a test wants. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Kubectl } from "../../../clusters/kubernetes/kubectl.ts";

const { signal } = new AbortController();
const path = process.env.PATH;
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cnibench-kubectl-"));
  process.env.PATH = `${folder}:${path}`;
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** @param script of sh; `$CALLS` is a file with a line for each call */
function kubectl(script: string): Kubectl {
  const file = join(folder, "kubectl");
  writeFileSync(file, `#!/bin/sh\nCALLS=${folder}/calls\necho "$*" >>"$CALLS"\n${script}\n`);
  chmodSync(file, 0o755);
  return new Kubectl({ kubeconfig: "/k", context: "c", cache: "/cache" });
}

const calls = (): string[] => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

test("every call names its kubeconfig, context and cache", async () => {
  await kubectl("echo '{}'").get(["pods"]);
  expect(calls()).toEqual(["--kubeconfig=/k --context=c --cache-dir=/cache get pods -o json"]);
});

test("a read is repeated while the server cannot be reached", async () => {
  const client = kubectl(
    `[ "$(wc -l <"$CALLS")" -gt 2 ] && { echo '{"items":[1]}'; exit; }; echo 'dial tcp 127.0.0.1:1: connect: connection refused' >&2; exit 1`,
  );
  expect(await client.list(["nodes"])).toEqual([1]);
  expect(calls()).toHaveLength(3);
});

test("a deletion is repeated too: what the server does not take while it restarts would stay", async () => {
  const client = kubectl(
    `[ "$(wc -l <"$CALLS")" -gt 1 ] && exit; echo 'Error from server (InternalError): an error on the server ("") has prevented the request from succeeding' >&2; exit 1`,
  );
  await client.delete(["namespace", "x"]);
  expect(calls()).toHaveLength(2);
});

test("what the server refuses is not asked again, and is told in its own words", async () => {
  const client = kubectl("echo 'Error from server (Forbidden): pods is forbidden' >&2; exit 1");
  await expect(client.get(["pods"])).rejects.toThrow(
    "kubectl get pods failed with exit code 1: Error from server (Forbidden): pods is forbidden",
  );
  expect(calls()).toHaveLength(1);
});

test("objects are made with one call, however many", async () => {
  await kubectl(`cat >"${folder}/stdin"`).create(
    Array.from({ length: 500 }, (_, i) => ({ kind: "Pod", metadata: { name: `p${i}` } })),
  );
  expect(calls()).toHaveLength(1);
  expect((JSON.parse(readFileSync(join(folder, "stdin"), "utf8")) as { items: unknown[] }).items).toHaveLength(500);
});

test("what does not come is given up, with the reason", async () => {
  const waiting = kubectl("").waitFor("no node got ready", () => Promise.resolve(null), {
    timeout: 0.3,
    signal,
    explain: () => Promise.resolve("node1: disk full"),
  });
  await expect(waiting).rejects.toThrow("no node got ready within 0.3 s:\nnode1: disk full");
});

test("an agent whose carrier fails says why", async () => {
  await expect(kubectl("echo 'pods \"x\" not found' >&2; exit 1").startAgent("n", "x", {})).rejects.toThrow(
    'the agent of pod x has ended: pods "x" not found',
  );
});
