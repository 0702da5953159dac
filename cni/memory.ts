/** Implements the runtime store in memory, for programs whose containers do not outlive them. */
import { waitUntilFree } from "./link-lock.ts";
import { attachmentKey, type RuntimeStore } from "./runtime-store.ts";
import type { AttachmentRef, CachedAttachment } from "./types.ts";

/** Name of the GC lock. Names of container locks begin with `c-`. */
const GC_LOCK = "gc";

/** Creates a store for this process only, which leaves nothing behind. Its locks behave like those of `folderStore`. */
export function memoryStore(): RuntimeStore {
  const attachments = new Map<string, CachedAttachment>();
  const load = (network: string, ref: AttachmentRef): CachedAttachment | null => {
    const stored = attachments.get(attachmentKey(ref));
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
    save: (cached) => void attachments.set(attachmentKey(cached.attachment), cached),
    remove: (network, ref) => void (load(network, ref) !== null && attachments.delete(attachmentKey(ref))),
    list: () => [...attachments.values()],
    has: (ref) => attachments.has(attachmentKey(ref)),
    withLock: (containerID, work, signal) => withHeldLock(`c-${containerID}`, work, signal),
    withGcLock: (work, signal) => {
      const untilAlone = (): Promise<void> => waitUntilFree(() => (locks.size > 1 ? holder : null), signal);
      return withHeldLock(GC_LOCK, () => untilAlone().then(work), signal);
    },
  };
}
