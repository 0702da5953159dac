/** The wait for the first machine's sockets; real machines are in test/vm. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { waitForSockets, type Machine } from "../../../clusters/vm/node.ts";
import { Console } from "../../../clusters/vm/console.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

/** As far as the wait looks at it. */
function played(ended: Promise<string>): Machine {
  return { name: "node1", launch: { port: 1 }, console: new Console(null, ""), ended } as unknown as Machine;
}

const never = new Promise<string>(() => undefined);
const { signal } = new AbortController();
const none = (): string[] => [join(temporaryDir(), "socket")];

test("a machine without peers is not waited for", async () => {
  await waitForSockets(played(never), [], signal);
});

test("a QEMU that never listens is given up", async () => {
  await expect(waitForSockets(played(never), none(), signal, 0.05)).rejects.toThrow(
    "the QEMU of node1 does not listen for the other nodes within 0.05 s; try again",
  );
});

test("one that ends is told at once", async () => {
  await expect(waitForSockets(played(Promise.resolve("qemu: no such machine")), none(), signal)).rejects.toThrow(
    "node1 stopped while it booted (qemu: no such machine)",
  );
});

test("an interrupt ends the wait", async () => {
  const controller = new AbortController();
  const reason = new Error("interrupted");
  setTimeout(() => controller.abort(reason), 20);
  await expect(waitForSockets(played(never), none(), controller.signal)).rejects.toBe(reason);
});
