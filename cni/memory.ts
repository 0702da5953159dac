/** What the runtime remembers, in memory: for a program whose containers do not outlive it. */
import { waitUntilFree } from "./lock.ts";
import type { RuntimeStore } from "./store.ts";
import type { AttachmentRef, CachedAttachment } from "./types.ts";

/** Name of the lock of a GC: no container has it, for theirs begin with `c-`. */
const GC_LOCK = "gc";

/** A store of this process alone, that leaves nothing behind. Its locks follow the rules of `folderStore`. */
export function memoryStore(): RuntimeStore {
  const attachments = new Map<string, CachedAttachment>();
  const load = (network: string, ref: AttachmentRef): CachedAttachment | null => {
    const stored = attachments.get(keyOf(ref));
    return stored?.network === network ? stored : null;
  };
  const locks = new Set<string>();
  const holder = String(process.pid);
  const tryTake = (name: string): string | null => {
    if (locks.has(name) || locks.has(GC_LOCK)) return holder;
    locks.add(name);
    return null;
  };
  const withHeldLock = async <T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    await waitUntilFree(() => tryTake(name), signal);
    return work().finally(() => locks.delete(name));
  };
  return {
    load,
    save: (cached) => void attachments.set(keyOf(cached.attachment), cached),
    remove: (network, ref) => void (load(network, ref) !== null && attachments.delete(keyOf(ref))),
    list: () => [...attachments.values()],
    has: (ref) => attachments.has(keyOf(ref)),
    withLock: (containerID, work, signal) => withHeldLock(`c-${containerID}`, work, signal),
    withGcLock: (work, signal) => {
      const untilAlone = (): Promise<void> => waitUntilFree(() => (locks.size > 1 ? holder : null), signal);
      return withHeldLock(GC_LOCK, () => untilAlone().then(work), signal);
    },
  };
}

/** A container may have the interface in one network only. */
function keyOf({ containerID, ifName }: AttachmentRef): string {
  return `${containerID}/${ifName}`;
}
