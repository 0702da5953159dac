/**
 * What the runtime remembers between operations, and who may operate now. It lives on the machine that cnibench runs on,
 * wherever the plugins run.
 */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  isStored,
  listAttachments,
  makePrivateDirectory,
  readAttachment,
  removeAttachment,
  writeAttachment,
} from "./cache.ts";
import { liveHolder, tryLock, unlock, waitUntilFree } from "./lock.ts";
import type { AttachmentRef, CachedAttachment } from "./types.ts";

export interface RuntimeStore {
  /** null when it was never added, was deleted, or is lost. @throws EnvironmentError when it is there but broken. */
  load(network: string, ref: AttachmentRef): CachedAttachment | null;
  save(cached: CachedAttachment): void;
  remove(network: string, ref: AttachmentRef): void;
  list(): readonly CachedAttachment[];
  /** Whether it is stored for any network. */
  has(ref: AttachmentRef): boolean;
  /** Runs `work` while nothing else works on the container, and no GC runs, in any process. */
  withLock<T>(containerID: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Runs `work` while nothing works on any container: waits for what runs, holds back what comes. */
  withGcLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

const GC_LOCK = "gc";

/**
 * A store in a folder, which is made at first use.
 *
 * A container's lock doubles as its share of the GC lock: a container operation takes its lock and then looks for a GC; a
 * GC takes its lock and then looks for container locks. Whoever comes second sees the other and waits.
 */
export function folderStore(folder: string): RuntimeStore {
  const attachments = join(folder, "attachments");
  const locks = join(folder, "locks");
  let created = false;
  const ensureDirs = (): void => {
    if (created) return;
    makePrivateDirectory(attachments);
    makePrivateDirectory(locks);
    created = true;
  };
  return {
    load: (network, ref) => (ensureDirs(), readAttachment(attachments, network, ref)),
    save: (cached) => (ensureDirs(), writeAttachment(attachments, cached)),
    remove: (network, ref) => (ensureDirs(), removeAttachment(attachments, network, ref)),
    list: () => (ensureDirs(), listAttachments(attachments)),
    has: (ref) => (ensureDirs(), isStored(attachments, ref)),
    withLock: async (containerID, work, signal) => {
      ensureDirs();
      const name = lockName(containerID);
      return withHeldLock(locks, name, () => tryContainerLock(locks, name), work, signal);
    },
    withGcLock: async (work, signal) => {
      ensureDirs();
      const workAlone = () => waitUntilFree(() => anyContainerHolder(locks), signal).then(work);
      return withHeldLock(locks, GC_LOCK, () => tryLock(locks, GC_LOCK), workAlone, signal);
    },
  };
}

async function withHeldLock<T>(
  locks: string,
  name: string,
  tryTake: () => string | null,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await waitUntilFree(tryTake, signal);
  try {
    return await work();
  } finally {
    unlock(locks, name);
  }
}

function tryContainerLock(locks: string, name: string): string | null {
  const busy = tryLock(locks, name);
  if (busy !== null) return busy;
  const gc = liveHolder(locks, GC_LOCK);
  if (gc !== null) unlock(locks, name);
  return gc;
}

function anyContainerHolder(locks: string): string | null {
  for (const name of readdirSync(locks)) {
    const holder = name.startsWith("c-") ? liveHolder(locks, name) : null;
    if (holder !== null) return holder;
  }
  return null;
}

/** Hashed, because an id may be longer than a file name. */
function lockName(containerID: string): string {
  return `c-${containerID.length <= 200 ? containerID : createHash("sha256").update(containerID).digest("hex")}`;
}
