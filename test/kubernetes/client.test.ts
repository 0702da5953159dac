/** The API client, with a fake kubectl. */
import { expect, test } from "vitest";
import { fakeKubectl, KUBECTL, printed } from "../helpers/fake-kubectl.ts";

const UNREACHABLE = { exitCode: 1, stderr: "dial tcp 127.0.0.1:1: connect: connection refused" };

test("every call passes its kubeconfig, context and cache directory", async () => {
  const { kubectl, shell } = fakeKubectl({ get: printed({}) });
  await kubectl.get(["pods"]);
  expect(shell.calls.map(({ argv }) => argv.join(" "))).toEqual([`${KUBECTL} get pods -o json`]);
});

test("a read is retried while the server is unreachable", async () => {
  let attempts = 0;
  const { kubectl, clock } = fakeKubectl({ get: () => (++attempts < 3 ? UNREACHABLE : { stdout: '{"items":[1]}' }) });
  expect(await kubectl.list(["nodes"])).toEqual([1]);
  expect(attempts).toBe(3);
  expect(clock.now()).toBe(2);
});

test("a deletion is retried while the server restarts", async () => {
  const message = 'an error on the server ("") has prevented the request from succeeding';
  const restarting = { exitCode: 1, stderr: `Error from server (InternalError): ${message}` };
  let attempts = 0;
  const { kubectl } = fakeKubectl({ delete: () => (++attempts < 2 ? restarting : {}) });
  await kubectl.delete(["namespace", "x"]);
  expect(attempts).toBe(2);
});

test("a read is given up after 30 attempts, and at once when it is aborted", async () => {
  const { kubectl, calls, clock } = fakeKubectl({ get: UNREACHABLE });
  await expect(kubectl.get(["nodes"])).rejects.toThrow(/connection refused$/);
  expect([calls().length, clock.now()]).toEqual([30, 29]);
  await expect(kubectl.get(["nodes"], { signal: AbortSignal.abort() })).rejects.toThrow(/connection refused$/);
  expect(calls()).toHaveLength(31);
});

test("a change is not retried, because it may have been made", async () => {
  const { kubectl, calls } = fakeKubectl({ apply: UNREACHABLE });
  await expect(kubectl.apply("{}")).rejects.toThrow(/connection refused$/);
  expect(calls()).toHaveLength(1);
});

test("a refusal is not retried and is reported with the server's message", async () => {
  const stderr = "Error from server (Forbidden): pods is forbidden";
  const { kubectl, calls } = fakeKubectl({ get: { exitCode: 1, stderr } });
  await expect(kubectl.get(["pods"])).rejects.toThrow(`kubectl get pods failed with exit code 1: ${stderr}`);
  expect(calls()).toHaveLength(1);
});

test("500 objects are created with one call", async () => {
  const { kubectl, shell } = fakeKubectl({ create: {} });
  await kubectl.create(Array.from({ length: 501 }, (_, i) => ({ kind: "Pod", metadata: { name: `p${i}` } })));
  const sizes = shell.calls.map(({ options }) => (JSON.parse(String(options.stdin)) as { items: [] }).items.length);
  expect(sizes).toEqual([500, 1]);
});
