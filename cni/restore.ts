/** What an earlier ADD left in the store, made ready for CHECK and DEL: they must repeat its configuration and arguments. */
import { EnvironmentError, UsageError } from "../core/errors.ts";
import { parseNetworkConfig } from "./conf.ts";
import { convertResult } from "./convert.ts";
import type { JsonObject } from "./json.ts";
import { ResultError } from "./result.ts";
import type { RuntimeStore } from "./store.ts";
import type { Attachment, AttachmentRef, CachedAttachment, NetworkConfigList } from "./types.ts";
import { atLeast } from "./version.ts";

/** The configuration that was added, or the given one where nothing is stored. */
export function configOfAdd(list: NetworkConfigList, cached: CachedAttachment | null): NetworkConfigList {
  return cached === null || cached.config === list.text
    ? list
    : parseNetworkConfig(cached.config, "stored configuration");
}

/** The final result of ADD for the plugins. @throws EnvironmentError when the version of the list cannot say it. */
export function resultOfAdd(cached: CachedAttachment, list: NetworkConfigList): JsonObject {
  try {
    return convertResult(cached.result, list.cniVersion);
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    throw new EnvironmentError(`the stored result of ADD cannot be used: ${error.message}; run DEL and ADD again`);
  }
}

/** Everything a DEL repeats. What is lost or broken is replaced by what the caller gave: DEL does what it still can. */
export function restoreForDel(
  store: RuntimeStore,
  list: NetworkConfigList,
  target: AttachmentRef & Partial<Attachment>,
): { readonly list: NetworkConfigList; readonly attachment: Attachment; readonly prevResult: JsonObject | null } {
  const cached = valueOrNull(() => store.load(list.name, target));
  const config = valueOrNull(() => configOfAdd(list, cached)) ?? list;
  const attachment = { netns: "", ...target, ...cached?.attachment };
  // The namespace may be gone by now, which only the caller knows.
  if (target.netns !== undefined) attachment.netns = target.netns;
  const withResult = cached !== null && atLeast(config.cniVersion, "0.4.0");
  return { list: config, attachment, prevResult: withResult ? valueOrNull(() => resultOfAdd(cached, config)) : null };
}

function valueOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof EnvironmentError || error instanceof UsageError) return null;
    throw error;
  }
}
