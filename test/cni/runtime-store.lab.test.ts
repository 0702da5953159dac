import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { memoryStore } from "../../cni/memory.ts";
import { folderStore } from "../../cni/runtime-store.ts";
import { parseJson, type JsonObject } from "../../cni/lossless-json.ts";
import type { CachedAttachment } from "../../cni/types.ts";
import { attachment, rejection, temporaryDir } from "./fake-plugins.ts";
import { OtherProcesses } from "./runtime-store-processes.ts";

function cached(network = "net", more: Parameters<typeof attachment>[0] = {}): CachedAttachment {
  return {
    network,
    config: `{"name":"net"}`,
    attachment: { args: [["K", "V"]], capabilityArgs: {}, ...attachment(more) },
    result: { cniVersion: "1.1.0" },
  };
}

describe("attachments", () => {
  test("are preserved, including numbers of any length", () => {
    const dir = temporaryDir();
    const entry = { ...cached(), result: parseJson(`{"x":9007199254740993,"y":1.0}`) as JsonObject };
    folderStore(dir).save(entry);
    expect(folderStore(dir).load("net", entry.attachment)).toEqual(entry);
    expect(folderStore(dir).list()).toEqual([entry]);
  });

  test("are files (0600) in directories (0700) named containerID-ifname/network, without leftovers", () => {
    const dir = temporaryDir();
    folderStore(dir).save(cached());
    folderStore(dir).save(cached());
    const files = readdirSync(join(dir, "attachments"), { recursive: true, encoding: "utf8" });
    expect(files.toSorted()).toEqual(["c1-eth0", "c1-eth0/net"]);
    const modeOf = (...path: string[]): number => statSync(join(dir, "attachments", ...path)).mode & 0o777;
    expect([modeOf(), modeOf("c1-eth0"), modeOf("c1-eth0", "net")]).toEqual([0o700, 0o700, 0o600]);
    folderStore(dir).remove("net", attachment());
    expect(readdirSync(join(dir, "attachments"))).toEqual([]);
  });

  test("never share a file, whatever their names", () => {
    const store = folderStore(temporaryDir());
    const long = "x".repeat(253);
    const keys = [
      ["a", "b-c", "d"],
      ["a-b", "c", "d"],
      ["a", "b", "c-d"],
      ["a-", "b", "-d"],
      [long, "b", "d"],
      ["a", long, "d"],
      ["a", `${long}x`, "d"],
      ["a", "b", "d~%"],
    ] as const;
    for (const [network, containerID, ifName] of keys) store.save(cached(network, { containerID, ifName }));
    expect(store.list()).toHaveLength(keys.length);
    for (const [network, containerID, ifName] of keys)
      expect(store.load(network, { containerID, ifName })).toMatchObject({
        network,
        attachment: { containerID, ifName },
      });
    const [network, containerID, ifName] = keys[0];
    store.remove(network, { containerID, ifName });
    expect(store.list()).toHaveLength(keys.length - 1);
  });

  test.each(["", "{", "null", `{"kind":"other"}`, `{"kind":"cnibench/attachment/1"}`])(
    "load rejects a broken file %j, list skips it",
    (text) => {
      const dir = temporaryDir();
      const store = folderStore(dir);
      store.save(cached());
      writeFileSync(join(dir, "attachments", "c1-eth0", "net"), text);
      expect(() => store.load("net", attachment())).toThrow(/unusable stored attachment \S+\/c1-eth0\/net .*; run DEL/);
      expect(store.list()).toEqual([]);
    },
  );

  test("reports a directory that cannot be created", () => {
    const file = join(temporaryDir(), "file");
    writeFileSync(file, "");
    expect(() => folderStore(file).save(cached())).toThrow(
      /cannot create directory \S+ .*; choose a writable directory/,
    );
  });
});

/** Several attempts of all waiting operations: they are in this process, where earlier timers expire first. */
const SEVERAL_ATTEMPTS_MS = 40;

/**
 * Runs `work` n times concurrently and returns the maximum number of concurrent calls of its `inside`.
 * @param expected number of calls that wait for each other before they end
 */
async function maxConcurrency(
  n: number,
  work: (inside: () => Promise<void>, i: number) => Promise<void>,
  expected = 1,
): Promise<number> {
  let active = 0;
  let maxActive = 0;
  const inside = async (): Promise<void> => {
    maxActive = Math.max(maxActive, ++active);
    await sleep(5);
    await vi.waitFor(() => expect(maxActive).toBeGreaterThanOrEqual(expected), { timeout: 10_000, interval: 5 });
    active--;
  };
  await Promise.all(Array.from({ length: n }, (_, i) => work(inside, i)));
  return maxActive;
}

const STORES = { folderStore: () => folderStore(temporaryDir()), memoryStore };

describe.each(Object.entries(STORES))("%s", (_, newStore) => {
  test("stores attachments until they are removed; has() ignores the network", () => {
    const store = newStore();
    const ref = { containerID: "a-b", ifName: "eth0" };
    const entry = cached("net", ref);
    store.save(entry);
    expect(store.list()).toEqual([entry]);
    expect(store.load("net", ref)).toEqual(entry);
    expect(store.load("other", ref)).toBe(null);
    expect(
      [ref, { containerID: "b", ifName: "eth0" }, { containerID: "a-b", ifName: "eth1" }].map((one) => store.has(one)),
    ).toEqual([true, false, false]);
    store.remove("other", ref);
    expect(store.has(ref)).toBe(true);
    store.remove("net", ref);
    store.remove("net", ref);
    expect([store.load("net", ref), store.has(ref), store.list()]).toEqual([null, false, []]);
  });

  test("rt.life.lock: serializes operations on one container, not on different ones", async () => {
    const store = newStore();
    expect(await maxConcurrency(5, (inside) => store.withLock("c1", inside))).toBe(1);
    expect(await maxConcurrency(5, (inside, i) => store.withLock(`c${i}`, inside), 5)).toBe(5);
  });

  test("releases a lock after a failure", async () => {
    const store = newStore();
    await rejection(store.withLock("c1", () => Promise.reject(new Error("x"))));
    expect(await store.withLock("c1", async () => "free")).toBe("free");
  });

  test("stops waiting if the signal is aborted", async () => {
    const store = newStore();
    await store.withLock("c1", async () => {
      const signal = AbortSignal.timeout(30);
      expect((await rejection(store.withLock("c1", async () => undefined, signal))).name).toBe("TimeoutError");
    });
  });

  test("rt.life.gclock: a GC waits for running operations, blocks new ones, and runs alone", async () => {
    const store = newStore();
    const events: string[] = [];
    let endAdd: () => void = () => undefined;
    const adding = new Promise<void>((resolve) => (endAdd = resolve));
    const first = store.withLock("c1", async () => {
      events.push("add begins");
      await adding;
      events.push("add ends");
    });
    await vi.waitFor(() => expect(events).toEqual(["add begins"]), { timeout: 10_000, interval: 5 });
    const gc = store.withGcLock(async () => {
      events.push("gc begins");
      await sleep(SEVERAL_ATTEMPTS_MS);
      events.push("gc ends");
    });
    const second = store.withLock("c2", async () => void events.push("next"));
    await sleep(SEVERAL_ATTEMPTS_MS);
    endAdd();
    await Promise.all([first, gc, second]);
    expect(events).toEqual(["add begins", "add ends", "gc begins", "gc ends", "next"]);
  });
});

describe("between processes", () => {
  test("rt.life.lock: locks exclude each other, and no update is lost", async () => {
    const others = new OtherProcesses();
    const counter = join(others.dir, "..", "counter");
    writeFileSync(counter, "0");
    const file = JSON.stringify(counter);
    const body = `for (let i = 0; i < 15; i++) await store.withLock("c1", async () => {
  const n = Number(readFileSync(${file}, "utf8"));
  await sleep(1);
  writeFileSync(${file}, String(n + 1));
});`;
    const ends = await Promise.all([1, 2, 3].map(() => others.start(body).done));
    expect(ends.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ""],
      [0, ""],
      [0, ""],
    ]);
    expect(readFileSync(counter, "utf8")).toBe("45");
    expect(readdirSync(join(others.dir, "locks"))).toEqual([]);
  });

  test("rt.life.gclock: no container operation overlaps a GC", async () => {
    const others = new OtherProcesses();
    const log = join(others.dir, "..", "log");
    const logged = `const logged = (name, ms) => async () => {
      appendFileSync(${JSON.stringify(log)}, name + "+\\n");
      await sleep(ms);
      appendFileSync(${JSON.stringify(log)}, name + "-\\n");
    };`;
    const adds = `${logged} for (let i = 0; i < 20; i++) await store.withLock("c" + process.pid, logged("add", 1));`;
    const gcs = `${logged} for (let i = 0; i < 5; i++) {
      await store.withGcLock(logged("gc", 2));
      await sleep(3);
    }`;
    const ends = await Promise.all([adds, adds, gcs].map((body) => others.start(body).done));
    expect(ends.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ""],
      [0, ""],
      [0, ""],
    ]);
    let adding = 0;
    let collecting = 0;
    for (const word of readFileSync(log, "utf8").trim().split("\n")) {
      if (word.startsWith("add")) adding += word === "add+" ? 1 : -1;
      else collecting += word === "gc+" ? 1 : -1;
      expect(collecting === 0 || adding === 0).toBe(true);
      expect(collecting).toBeLessThan(2);
    }
  });

  test("exactly one waiting operation acquires the lock of a killed process", async () => {
    const others = new OtherProcesses();
    const holder = others.start(
      `await store.withLock("c1", () => store.withLock("c2", async () => { await sleep(60000); }));`,
    );
    const locks = join(others.dir, "locks");
    mkdirSync(locks, { recursive: true });
    await vi.waitFor(() => expect(readdirSync(locks)).toHaveLength(2), { timeout: 10_000 });
    const store = folderStore(others.dir);
    const waiting = maxConcurrency(4, (inside) => store.withLock("c1", inside));
    await sleep(SEVERAL_ATTEMPTS_MS);
    expect(readdirSync(locks)).toHaveLength(2);
    holder.kill("SIGKILL");
    await holder.done;
    expect(await waiting).toBe(1);
    expect(await store.withGcLock(async () => "alone")).toBe("alone");
    expect(readdirSync(locks)).toEqual([]);
  });

  test("ignores a lock from another boot, respects one from another PID namespace", async () => {
    const dir = temporaryDir();
    const store = folderStore(dir);
    store.list();
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8);
    symlinkSync(`1:1:1:00000000`, join(dir, "locks", "c-old"));
    symlinkSync(`1:1:1:${boot}`, join(dir, "locks", "c-elsewhere"));
    expect(await store.withLock("old", async () => "taken")).toBe("taken");
    expect((await rejection(store.withLock("elsewhere", async () => "taken", AbortSignal.timeout(50)))).name).toBe(
      "TimeoutError",
    );
  });
});
