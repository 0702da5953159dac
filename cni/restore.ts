/** Restores the stored configuration and arguments of an ADD, which CHECK and DEL must repeat. */
import { EnvironmentError, UsageError } from "../core/errors.ts";
import { parseNetworkConfig } from "./conf.ts";
import { convertResult } from "./convert.ts";
import type { JsonObject } from "./lossless-json.ts";
import { ResultError } from "./result.ts";
import type { RuntimeStore } from "./runtime-store.ts";
import type { Attachment, AttachmentRef, CachedAttachment, NetworkConfigList } from "./types.ts";
import { atLeast } from "./spec-versions.ts";

/** Returns the configuration of the ADD, or the given one if nothing is stored. */
export function configOfAdd(list: NetworkConfigList, cached: CachedAttachment | null): NetworkConfigList {
  return cached === null || cached.config === list.text
    ? list
    : parseNetworkConfig(cached.config, "stored configuration");
}

/** Returns the final result of ADD. @throws EnvironmentError if the version of the list cannot represent it */
export function resultOfAdd(cached: CachedAttachment, list: NetworkConfigList): JsonObject {
  try {
    return convertResult(cached.result, list.cniVersion);
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    throw new EnvironmentError(`unusable stored result of ADD: ${error.message}; run DEL and ADD again`);
  }
}

/** Returns all inputs of a DEL. Missing or broken stored data is replaced by the arguments, so DEL is best effort. */
export function restoreForDel(
  store: RuntimeStore,
  list: NetworkConfigList,
  target: AttachmentRef & Partial<Attachment>,
): { readonly list: NetworkConfigList; readonly attachment: Attachment; readonly prevResult: JsonObject | null } {
  const cached = valueOrNull(() => store.load(list.name, target));
  const config = valueOrNull(() => configOfAdd(list, cached)) ?? list;
  const attachment = { netns: "", ...target, ...cached?.attachment };
  // The namespace may have been deleted since ADD, so the value of the caller takes precedence.
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
