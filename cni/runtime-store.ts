/**
 * Stores attachments between operations and provides the locks of the runtime. The store is on the machine that runs
 * cnibench, wherever the plugins run.
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
} from "./attachment-cache.ts";
import { liveHolder, tryLock, unlock, waitUntilFree } from "./link-lock.ts";
import type { AttachmentRef, CachedAttachment } from "./types.ts";

/** Stores the attachments of a runtime and locks containers. */
export interface RuntimeStore {
  /** Returns an attachment, or null if it was not added, was deleted, or is lost. @throws EnvironmentError if broken */
  load(network: string, ref: AttachmentRef): CachedAttachment | null;
  save(cached: CachedAttachment): void;
  remove(network: string, ref: AttachmentRef): void;
  list(): readonly CachedAttachment[];
  /** Reports whether the attachment is stored for any network. */
  has(ref: AttachmentRef): boolean;
  /** Runs `work` while no other operation on the container and no GC runs in any process. */
  withLock<T>(containerID: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Runs `work` while no container operation runs: waits for running operations and blocks new ones. */
  withGcLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Identifies an attachment: a container can have an interface in one network only. */
export function attachmentKey({ containerID, ifName }: AttachmentRef): string {
  return `${containerID}/${ifName}`;
}

const GC_LOCK = "gc";

/**
 * Creates a store in a directory, which is created at first use.
 *
 * The lock of a container is also its share of the GC lock: a container operation acquires its lock and then checks for
 * a GC; a GC acquires its lock and then checks for container locks. The later one detects the other and waits.
 */
export function folderStore(dir: string): RuntimeStore {
  const attachments = join(dir, "attachments");
  const locks = join(dir, "locks");
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
      await waitUntilFree(() => tryContainerLock(locks, name), signal);
      return unlockAfter(locks, name, work);
    },
    withGcLock: async (work, signal) => {
      ensureDirs();
      await waitUntilFree(() => tryLock(locks, GC_LOCK), signal);
      return unlockAfter(locks, GC_LOCK, () => waitUntilFree(() => anyContainerHolder(locks), signal).then(work));
    },
  };
}

/** Runs `work` and releases the lock, which the caller has acquired. */
async function unlockAfter<T>(locks: string, name: string, work: () => Promise<T>): Promise<T> {
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

/** Long container IDs are hashed because they may exceed the length of a file name. */
function lockName(containerID: string): string {
  return `c-${containerID.length <= 200 ? containerID : createHash("sha256").update(containerID).digest("hex")}`;
}
