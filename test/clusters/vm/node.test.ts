/** Waiting for the sockets of the first machine. Real machines are tested in test/e2e/vm. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { waitForSockets, type Machine } from "../../../clusters/vm/node.ts";
import { Console } from "../../../clusters/vm/console.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

/** A machine with the properties that the wait uses. */
function fakeMachine(exited: Promise<string>): Machine {
  return { name: "node1", launch: { port: 1 }, console: new Console(null, ""), exited } as unknown as Machine;
}

const never = new Promise<string>(() => undefined);
const { signal } = new AbortController();
const missingSocket = (): string[] => [join(temporaryDir(), "socket")];

test("a machine without peers needs no sockets", async () => {
  await waitForSockets(fakeMachine(never), [], signal);
});

test("a QEMU that never listens times out", async () => {
  await expect(waitForSockets(fakeMachine(never), missingSocket(), signal, 0.05)).rejects.toThrow(
    /node1 .*within 0\.05 s/,
  );
});

test("a QEMU that exits is reported immediately", async () => {
  await expect(
    waitForSockets(fakeMachine(Promise.resolve("qemu: no such machine")), missingSocket(), signal),
  ).rejects.toThrow(/^node1 stopped .*\(qemu: no such machine\)/);
});

test("an interrupt ends the wait", async () => {
  const controller = new AbortController();
  const reason = new Error("interrupted");
  setTimeout(() => controller.abort(reason), 20);
  await expect(waitForSockets(fakeMachine(never), missingSocket(), controller.signal)).rejects.toBe(reason);
});
