/** The API client, with a fake kubectl. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Kubectl } from "../../kubernetes/client.ts";
import { localShell } from "../../core/local.ts";

const path = process.env.PATH;
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cnibench-kubectl-"));
  process.env.PATH = `${dir}:${path}`;
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(dir, { recursive: true });
});

/** Installs a fake kubectl. @param script shell script; the file `$CALLS` has one line for each call */
function kubectl(script: string): Kubectl {
  const file = join(dir, "kubectl");
  writeFileSync(file, `#!/bin/sh\nCALLS=${dir}/calls\necho "$*" >>"$CALLS"\n${script}\n`);
  chmodSync(file, 0o755);
  return new Kubectl(localShell(), { kubeconfig: "/k", context: "c", cache: "/cache" });
}

const calls = (): string[] => readFileSync(join(dir, "calls"), "utf8").trim().split("\n");

test("every call passes its kubeconfig, context and cache directory", async () => {
  await kubectl("echo '{}'").get(["pods"]);
  expect(calls()).toEqual(["--kubeconfig=/k --context=c --cache-dir=/cache get pods -o json"]);
});

test("a read is retried while the server is unreachable", async () => {
  const client = kubectl(
    `[ "$(wc -l <"$CALLS")" -gt 2 ] && { echo '{"items":[1]}'; exit; }
    echo 'dial tcp 127.0.0.1:1: connect: connection refused' >&2; exit 1`,
  );
  expect(await client.list(["nodes"])).toEqual([1]);
  expect(calls()).toHaveLength(3);
});

test("a deletion is retried while the server restarts", async () => {
  const client = kubectl(
    `[ "$(wc -l <"$CALLS")" -gt 1 ] && exit
    message='an error on the server ("") has prevented the request from succeeding'
    echo "Error from server (InternalError): $message" >&2; exit 1`,
  );
  await client.delete(["namespace", "x"]);
  expect(calls()).toHaveLength(2);
});

test("a refusal is not retried and is reported with the server's message", async () => {
  const client = kubectl("echo 'Error from server (Forbidden): pods is forbidden' >&2; exit 1");
  await expect(client.get(["pods"])).rejects.toThrow(
    "kubectl get pods failed with exit code 1: Error from server (Forbidden): pods is forbidden",
  );
  expect(calls()).toHaveLength(1);
});

test("500 objects are created with one call", async () => {
  await kubectl(`cat >"${dir}/stdin"`).create(
    Array.from({ length: 500 }, (_, i) => ({ kind: "Pod", metadata: { name: `p${i}` } })),
  );
  expect(calls()).toHaveLength(1);
  expect((JSON.parse(readFileSync(join(dir, "stdin"), "utf8")) as { items: unknown[] }).items).toHaveLength(500);
});

test("a failing kubectl exec is reported by the agent", async () => {
  await expect(kubectl("echo 'pods \"x\" not found' >&2; exit 1").startAgent("n", "x", {})).rejects.toThrow(
    'the agent of pod x has ended: pods "x" not found',
  );
});
