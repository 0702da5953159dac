/** How the creation of bridges ends. Real bridges are tested in test/e2e/vm. */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createBridges } from "../../../clusters/vm/bridges.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { type FakeHost, fakeHost, type FakeHostOptions, type Reply } from "../../helpers/fake-host.ts";

const HANGING: Reply = () => new Promise(() => undefined);

/** Returns a host on which the process that creates and holds the bridges behaves as given. */
function hostWith(holder: Reply, options?: FakeHostOptions): FakeHost {
  return fakeHost({ setpriv: holder }, options);
}

function create(host: FakeHost): ReturnType<typeof createBridges> {
  return createBridges(host, temporaryDir(), { nodes: 2, nics: 1, mtu: 1500 });
}

test("commands enter the namespace of the process that created the bridges", async () => {
  const host = hostWith((argv) => {
    writeFileSync(argv.at(-1) ?? "", "4711\n");
    return {};
  });
  const bridges = await create(host);
  expect(bridges.enterCommand.slice(0, 3)).toEqual(["nsenter", "--target", "4711"]);
  await bridges.close();
});

test("an interrupt ends a creation that hangs", async () => {
  const controller = new AbortController();
  const reason = new Error("interrupted");
  const abortAndHang: Reply = () => {
    controller.abort(reason);
    return new Promise(() => undefined);
  };
  const host = hostWith(abortAndHang, { signal: controller.signal });
  await expect(create(host)).rejects.toBe(reason);
});

test("a creation that hangs is given up after 30 s", async () => {
  const host = hostWith(HANGING);
  await expect(create(host)).rejects.toThrow(/--vm-underlay tap \(not within 30 s\)/);
  expect(host.clock.now()).toBeGreaterThan(30);
});

test("an error of unshare is reported", async () => {
  const host = hostWith({ exitCode: 1, stderr: "unshare failed: Operation not permitted\n" });
  await expect(create(host)).rejects.toThrow(/--vm-underlay tap \(unshare failed: Operation not permitted\)/);
});

test("a missing command is reported", async () => {
  const host = hostWith({ exitCode: null, startError: "spawn setpriv ENOENT" });
  await expect(create(host)).rejects.toThrow(/could not start: spawn setpriv ENOENT/);
});
