/**
 * Reads profiles from YAML files, those of cnibench and those of users, and reports all problems of a file
 * together.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../../cni/json.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { isSpecVersion, type SpecVersion } from "../../cni/version.ts";
import { UsageError, UsageErrors, describeReadError, printable } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import { didYouMean, matchesGlob } from "../../core/text.ts";
import { formatPosition } from "../../core/validation/document.ts";
import { MAX_BYTES, parseYaml } from "../../core/validation/yaml.ts";
import { PLUGIN_KINDS, type PluginKind, DEFAULT_OPERATION_LIMIT_S } from "./plugin-under-test.ts";
import { CLAUSES } from "../clauses/index.ts";
import { MapReader } from "./map-reader.ts";
import { guessProfile, type KnownDeviation, type Profile } from "./profile.ts";
import { type Variant, defaultVariants } from "./variants.ts";

/** A plugin with the network that it is tested in. */
export interface ProfiledPlugin {
  readonly profile: Profile;
  readonly list: NetworkConfigList;
}

const PROFILE_KEYS = [
  "kinds",
  "ifName",
  "target",
  "config",
  "layer2",
  "gateway",
  "changes",
  "configured",
  "operationLimit",
  "prepare",
  "stopDaemon",
  "linkTypes",
  "exclusive",
  "protocolOnly",
  "variants",
  "excluded",
  "known",
];

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
 * ships for it, if any; facts about the configuration of that profile do not.
 */
export function profileFor(list: NetworkConfigList, target: number, kind?: PluginKind): Profile {
  const guess = guessProfile(list, target, kind);
  const shipped = shippedProfile(list.plugins[target]?.type ?? "");
  if (shipped === null) return guess;
  const { kinds, layer2, changes, exclusive, linkTypes, excluded, known, operationLimit } = shipped.profile;
  return {
    ...guess,
    layer2,
    changes,
    exclusive,
    linkTypes,
    excluded,
    known,
    operationLimit,
    ...(kind === undefined && { kinds }),
  };
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

/** @throws UsageErrors */
export function parseProfile(yaml: string, file: string): ProfiledPlugin {
  const parsed = parseYaml(yaml, file);
  if ("problems" in parsed)
    throw new UsageErrors(parsed.problems.map(({ position, message }) => `${formatPosition(position)}: ${message}`));
  const reader = new MapReader(parsed.root, PROFILE_KEYS);
  const list = reader.config("config");
  const target = reader.integer("target", 0, 0, 15);
  const kinds = readKinds(reader);
  checkKinds(reader, kinds, target);
  if (list !== null) checkTarget(reader, list, kinds, target);
  const facts = readFacts(reader);
  const variants = reader.maps("variants", ["name", "config", "clauses", "changes"]).map(readVariant);
  reader.throwProblems();
  const network = list as NetworkConfigList;
  return {
    list: network,
    profile: {
      ...guessProfile(network, target),
      ...facts,
      kinds,
      target,
      variants: [...variants, ...defaultVariants(network, target, kinds)],
    },
  };
}

function readKinds(reader: MapReader): readonly PluginKind[] {
  const kinds = reader.strings("kinds", PLUGIN_KINDS) as readonly PluginKind[];
  if (kinds.length === 0)
    reader.addProblem(reader.node, `"kinds" is missing; set it to one or more of ${PLUGIN_KINDS.join(", ")}`);
  return kinds;
}

/** Adds combinations of kinds that no plugin has. */
function checkKinds(reader: MapReader, kinds: readonly PluginKind[], target: number): void {
  const others = kinds.filter((kind) => kind !== "ipam");
  if (kinds.includes("ipam") && others.length > 0)
    reader.addProblem(reader.node, `"kinds" contains ipam and ${others.join(", ")}; an IPAM plugin has no other kind`);
  if (kinds.includes("interface") && kinds.includes("chained"))
    reader.addProblem(reader.node, '"kinds" contains interface and chained; a plugin is only one of them');
  if (kinds.includes("chained") && target === 0)
    reader.addProblem(
      reader.node,
      'a chained plugin needs a plugin before it; add one to "config" and set "target" to the index of the plugin',
    );
}

/** Adds contradictions between the configuration and the other keys. */
function checkTarget(
  reader: MapReader,
  { plugins }: NetworkConfigList,
  kinds: readonly PluginKind[],
  target: number,
): void {
  const plugin = plugins[target];
  if (plugin === undefined)
    reader.addProblem(reader.node, `"target" is ${target}, but "config" has ${plugins.length} plugins; count from 0`);
  else if (kinds.includes("delegating") && !isObject(plugin.raw.ipam))
    reader.addProblem(reader.node, `"kinds" contains delegating, but ${plugin.type} has no "ipam" in "config"; add it`);
}

type Facts = Omit<Profile, "kinds" | "target" | "variants" | "offeredCapabilities">;

/** The keys that need no other key. */
function readFacts(reader: MapReader): Facts {
  const prepare = reader.string("prepare");
  const stopDaemon = reader.string("stopDaemon");
  const protocolOnly = reader.string("protocolOnly");
  return {
    ifName: reader.string("ifName") || "eth0",
    layer2: reader.boolean("layer2"),
    gateway: reader.boolean("gateway"),
    changes: reader.boolean("changes"),
    configured: reader.strings("configured", ["routes", "dns", "request", "fixed"]),
    operationLimit: reader.integer("operationLimit", DEFAULT_OPERATION_LIMIT_S, 1, 300),
    linkTypes: reader.strings("linkTypes"),
    exclusive: reader.boolean("exclusive"),
    excluded: reader
      .maps("excluded", ["clauses", "reason"])
      .map((exclusion) => ({ clauses: exclusion.strings("clauses"), reason: exclusion.string("reason") })),
    known: reader.maps("known", ["clause", "versions", "reason"]).map(readKnown),
    ...(prepare && { prepare }),
    ...(stopDaemon && { stopDaemon }),
    ...(protocolOnly && { protocolOnly }),
  };
}

function readVariant(reader: MapReader): Variant {
  const list = reader.config("config") as NetworkConfigList;
  const name = reader.string("name");
  const globs = reader.strings("clauses");
  return {
    name,
    list,
    covers: ({ id }) => globs.some((glob) => matchesGlob(id, glob)),
    ...(reader.boolean("changes") && { changes: true }),
  };
}

function readKnown(reader: MapReader): KnownDeviation {
  const clause = reader.string("clause");
  const ids = CLAUSES.map(({ id }) => id);
  if (!ids.includes(clause)) {
    reader.addProblem(
      reader.node,
      `unknown clause "${printable(clause)}"${didYouMean(clause, ids)}; run "cnibench list clauses"`,
    );
  }
  const versions = reader.strings("versions").filter((version): version is SpecVersion => isSpecVersion(version));
  return { clause, versions, reason: reader.string("reason") };
}
