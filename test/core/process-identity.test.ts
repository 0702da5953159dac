import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { isAlive, isKeyAlive, ownerOf, ownerTag, ownIdentity, processKey } from "../../core/process-identity.ts";

/** No process can have this ID: the kernel's maximum is 4194304. */
const DEAD_PID = 99_999_999;

test("this process is alive, one that cannot exist is not", () => {
  expect(isAlive(ownIdentity())).toBe(true);
  expect(isAlive({ pid: process.pid, birth: null })).toBe(true);
  expect(isAlive({ pid: DEAD_PID, birth: null })).toBe(false);
  expect(isAlive({ pid: DEAD_PID, birth: ownIdentity().birth })).toBe(false);
});

test("a process that reuses the ID is another one", () => {
  expect(isAlive({ pid: process.pid, birth: "00000000" })).toBe(false);
});

test("keys differ between processes and end with them, whatever the name of the program", async () => {
  const child = spawn("bash", ["-c", 'exec -a "a) 1 2" sleep 60']);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const key = processKey(pid);
  const [, start, ...rest] = key.split(":");
  expect(key).toMatch(/^\d+:\d+:\d+:[0-9a-f]{8}$/);
  expect(start).not.toBe(processKey().split(":")[1]);
  expect([isKeyAlive(key), isKeyAlive(processKey())]).toEqual([true, true]);
  expect(isKeyAlive([pid, Number(start) + 1, ...rest].join(":"))).toBe(false); // the ID is reused
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isKeyAlive(key)).toBe(false);
});

test("a process of another PID namespace may run until the machine reboots", () => {
  const [, , namespace = "", boot = ""] = processKey().split(":");
  expect(isKeyAlive(`${DEAD_PID}:1:${namespace}:${boot}`)).toBe(false);
  expect(isKeyAlive(`${DEAD_PID}:1:1${namespace}:${boot}`)).toBe(true);
  expect(isKeyAlive(`${DEAD_PID}:1:1${namespace}:00000000`)).toBe(false);
});

test("a name contains its owner", () => {
  expect(ownerTag()).toMatch(/^p\d+-[0-9a-f]{8}$/);
  for (const purpose of ["logs", "run-p7-x", "vm"])
    expect(ownerOf(`cnibench-${purpose}-${ownerTag()}-a1B2c3`)).toEqual(ownIdentity());
});

test.each([
  ["cnibench-logs-p123-a1B2c3", 123],
  ["cnibench-logs-p123-abcdef", 123],
  ["cnibench-20261130-p4194304-0f0f", 4_194_304],
  ["cnibench-vm-123-a1B2c3", 123],
  ["cnibench-vm-123-node2", 123],
])("a name of an older version has only the ID: %s", (name, pid) => {
  expect(ownerOf(name)).toEqual({ pid, birth: null });
});

test.each([
  "cnibench-logs",
  "cnibench-logs-a1B2c3",
  "cnibench-test-a1B2c3",
  "other-logs-p123-a1B2c3",
  "cnibench-p12",
  "",
])("a name without an owner: %j", (name) => {
  expect(ownerOf(name)).toBeNull();
});
