/** Finds and reads profiles: those of cnibench and those of users. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { NetworkConfigList } from "../../cni/index.ts";
import { UsageError, describeReadError, printable } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import { MAX_BYTES } from "../../core/validation/yaml.ts";
import { configuredGateway, type PluginKind } from "./plugin-under-test.ts";
import { parseProfile, type ProfiledPlugin } from "./profile-format.ts";
import { guessProfile, type Profile } from "./profile.ts";

/** The profile that cnibench ships for a plugin of this name, or null. */
export function shippedProfile(plugin: string): ProfiledPlugin | null {
  if (!/^[\w-]+$/.test(plugin)) return null;
  const file = join(profileDir(), `${plugin}.yaml`);
  return existsSync(file) ? loadProfile(file) : null;
}

/** The names of the plugins that cnibench ships a profile for. */
export function shippedProfileNames(): readonly string[] {
  return readdirSync(profileDir()).flatMap((file) => (file.endsWith(".yaml") ? [file.slice(0, -".yaml".length)] : []));
}

function profileDir(): string {
  return join(packageRoot(), "conformance/under-test/profiles");
}

/**
 * The profile for a configuration that a user passed. Facts about the plugin come from the profile that cnibench
 * ships for it, if any; the configuration decides about the gateway, IPAM and operation without IPAM.
 */
export function profileFor(list: NetworkConfigList, target: number, kind?: PluginKind): Profile {
  const guess = guessProfile(list, target, kind);
  const shipped = shippedProfile(list.plugins[target]?.type ?? "");
  if (shipped === null) return guess;
  const { kinds, exclusive, linkTypes, excluded, known, operationLimit, cniArgs } = shipped.profile;
  return {
    ...guess,
    gateway: guess.gateway || hasInherentGateway(shipped),
    exclusive,
    linkTypes,
    excluded,
    known,
    operationLimit,
    cniArgs,
    ...(kind === undefined && { kinds: [...kinds.filter(isOwnKind), ...guess.kinds.filter((one) => !isOwnKind(one))] }),
  };
}

/** Whether the kind is a fact about the plugin. Whether it delegates is a fact about its configuration. */
function isOwnKind(kind: PluginKind): boolean {
  return kind !== "delegating";
}

/** Whether the plugin puts the gateway on the node in any configuration, as ptp does. */
function hasInherentGateway({ list, profile }: ProfiledPlugin): boolean {
  const plugin = list.plugins[profile.target];
  return profile.gateway && plugin !== undefined && configuredGateway(plugin) === null;
}

/** @throws UsageError, UsageErrors with file, line and column */
export function loadProfile(file: string): ProfiledPlugin {
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES / 1024} KiB`);
    return parseProfile(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--profile ${printable(file)}: ${describeReadError(error)}`);
  }
}
