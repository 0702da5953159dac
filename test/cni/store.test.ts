import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { memoryStore } from "../../cni/memory.ts";
import { folderStore } from "../../cni/store.ts";
import { parseJson, type JsonObject } from "../../cni/json.ts";
import type { CachedAttachment } from "../../cni/types.ts";
import { attachment, rejection, temporaryDir } from "./fake-plugins.ts";
import { OtherProcesses } from "./store-processes.ts";

function cached(network = "net", more: Parameters<typeof attachment>[0] = {}): CachedAttachment {
  return {
    network,
    config: `{"name":"net"}`,
    attachment: { args: [["K", "V"]], capabilityArgs: {}, ...attachment(more) },
    result: { cniVersion: "1.1.0" },
  };
}

describe("attachments", () => {
  test("come back as they were, numbers of any length included", () => {
    const folder = temporaryDir();
    const entry = { ...cached(), result: parseJson(`{"x":9007199254740993,"y":1.0}`) as JsonObject };
    folderStore(folder).save(entry);
    expect(folderStore(folder).load("net", entry.attachment)).toEqual(entry);
    expect(folderStore(folder).list()).toEqual([entry]);
  });

  test("are files of 0600 in folders of 0700, named containerID-ifname/network, with nothing left beside them", () => {
    const folder = temporaryDir();
    folderStore(folder).save(cached());
    folderStore(folder).save(cached());
    const files = readdirSync(join(folder, "attachments"), { recursive: true, encoding: "utf8" });
    expect(files.toSorted()).toEqual(["c1-eth0", "c1-eth0/net"]);
    const modeOf = (...path: string[]): number => statSync(join(folder, "attachments", ...path)).mode & 0o777;
    expect([modeOf(), modeOf("c1-eth0"), modeOf("c1-eth0", "net")]).toEqual([0o700, 0o700, 0o600]);
    folderStore(folder).remove("net", attachment());
    expect(readdirSync(join(folder, "attachments"))).toEqual([]);
  });

  test("no two share a file, whatever their names", () => {
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
    "a broken file %j: load says so, list passes over it",
    (text) => {
      const folder = temporaryDir();
      const store = folderStore(folder);
      store.save(cached());
      writeFileSync(join(folder, "attachments", "c1-eth0", "net"), text);
      expect(() => store.load("net", attachment())).toThrow(/stored attachment .* cannot be used .*; run DEL/);
      expect(store.list()).toEqual([]);
    },
  );

  test("a place that cannot be written is said in one sentence", () => {
    const file = join(temporaryDir(), "file");
    writeFileSync(file, "");
    expect(() => folderStore(file).save(cached())).toThrow(/cannot be made .*; choose a writable place/);
  });
});

/** Runs `work` n times at once and tells how many were inside together at most. */
async function together(n: number, work: (inside: () => Promise<void>, i: number) => Promise<void>): Promise<number> {
  let now = 0;
  let most = 0;
  const inside = async (): Promise<void> => {
    most = Math.max(most, ++now);
    await sleep(5);
    now--;
  };
  await Promise.all(Array.from({ length: n }, (_, i) => work(inside, i)));
  return most;
}

const STORES = { folderStore: () => folderStore(temporaryDir()), memoryStore };

describe.each(Object.entries(STORES))("%s", (_, newStore) => {
  test("remembers until it is told to forget, and has() asks without the network", () => {
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

  test("rt.life.lock: one container: one at a time; different containers: at once", async () => {
    const store = newStore();
    expect(await together(5, (inside) => store.withLock("c1", inside))).toBe(1);
    expect(await together(5, (inside, i) => store.withLock(`c${i}`, inside))).toBe(5);
  });

  test("a lock is given back after a failure", async () => {
    const store = newStore();
    await rejection(store.withLock("c1", () => Promise.reject(new Error("x"))));
    expect(await store.withLock("c1", async () => "free")).toBe("free");
  });

  test("waiting ends with the signal", async () => {
    const store = newStore();
    await store.withLock("c1", async () => {
      const signal = AbortSignal.timeout(30);
      expect((await rejection(store.withLock("c1", async () => undefined, signal))).name).toBe("TimeoutError");
    });
  });

  test("rt.life.gclock: a GC waits for what runs, holds back what comes, and runs alone", async () => {
    const store = newStore();
    const events: string[] = [];
    const first = store.withLock("c1", async () => {
      events.push("add begins");
      await sleep(40);
      events.push("add ends");
    });
    await sleep(5);
    const gc = store.withGcLock(async () => {
      events.push("gc begins");
      await sleep(40);
      events.push("gc ends");
    });
    await sleep(5);
    const second = store.withLock("c2", async () => void events.push("next"));
    await Promise.all([first, gc, second]);
    expect(events).toEqual(["add begins", "add ends", "gc begins", "gc ends", "next"]);
  });
});

describe("between processes", () => {
  test("rt.life.lock: they exclude each other, and no update is lost", async () => {
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
    const say = `const say = (word) => appendFileSync(${JSON.stringify(log)}, word + "\\n");`;
    const adds = `${say} for (let i = 0; i < 20; i++) await store.withLock("c" + process.pid, async () => { say("add+"); await sleep(1); say("add-"); });`;
    const gcs = `${say} for (let i = 0; i < 5; i++) { await store.withGcLock(async () => { say("gc+"); await sleep(2); say("gc-"); }); await sleep(3); }`;
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

  test("the lock of a process that was killed is taken over, by one of those who wait", async () => {
    const others = new OtherProcesses();
    const holder = others.start(
      `await store.withLock("c1", () => store.withLock("c2", async () => { await sleep(60000); }));`,
    );
    const locks = join(others.dir, "locks");
    mkdirSync(locks, { recursive: true });
    await vi.waitFor(() => expect(readdirSync(locks)).toHaveLength(2), { timeout: 10_000 });
    const store = folderStore(others.dir);
    const waiting = together(4, (inside) => store.withLock("c1", inside));
    await sleep(50);
    expect(readdirSync(locks)).toHaveLength(2);
    holder.kill("SIGKILL");
    await holder.done;
    expect(await waiting).toBe(1);
    expect(await store.withGcLock(async () => "alone")).toBe("alone");
    expect(readdirSync(locks)).toEqual([]);
  });

  test("a lock from another boot is dead; one from another pid namespace is honoured", async () => {
    const folder = temporaryDir();
    const store = folderStore(folder);
    store.list();
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8);
    symlinkSync(`1:1:1:00000000`, join(folder, "locks", "c-old"));
    symlinkSync(`1:1:1:${boot}`, join(folder, "locks", "c-elsewhere"));
    expect(await store.withLock("old", async () => "taken")).toBe("taken");
    expect((await rejection(store.withLock("elsewhere", async () => "taken", AbortSignal.timeout(50)))).name).toBe(
      "TimeoutError",
    );
  });
});
