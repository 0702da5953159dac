/** Waiting for the sockets of the first machine. Real machines are tested in test/e2e/vm. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { waitForSockets, type Machine } from "../../../clusters/vm/node.ts";
import { Console } from "../../../clusters/vm/console.ts";
import { systemClock } from "../../../core/clock.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

/** A machine with the properties that the wait uses. */
function fakeMachine(exited: Promise<string>): Machine {
  return { name: "node1", launch: { port: 1 }, console: new Console(null, ""), exited } as unknown as Machine;
}

const never = new Promise<string>(() => undefined);
const host = fakeHost();
const missingSocket = (): string[] => [join(temporaryDir(), "socket")];

test("a machine without peers needs no sockets", async () => {
  await waitForSockets(host, fakeMachine(never), []);
});

test("a QEMU that never listens times out", async () => {
  await expect(waitForSockets(host, fakeMachine(never), missingSocket())).rejects.toThrow(/node1 .*within 30 s/);
});

test("a QEMU that exits is reported immediately", async () => {
  await expect(
    waitForSockets(host, fakeMachine(Promise.resolve("qemu: no such machine")), missingSocket()),
  ).rejects.toThrow(/^node1 stopped .*\(qemu: no such machine\)/);
});

test("an interrupt ends the wait", async () => {
  const controller = new AbortController();
  const reason = new Error("interrupted");
  const interrupted = { clock: systemClock, signal: controller.signal };
  setTimeout(() => controller.abort(reason), 20);
  await expect(waitForSockets(interrupted, fakeMachine(never), missingSocket())).rejects.toBe(reason);
});
