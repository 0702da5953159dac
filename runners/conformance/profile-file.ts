/** Profiles as YAML files: those that cnibench ships, and users' own. Everything wrong with one is told at once. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../../cni/json.ts";
import type { NetworkConfigList, PluginConfig } from "../../cni/types.ts";
import { isSpecVersion, type SpecVersion } from "../../cni/version.ts";
import { UsageError, UsageErrors, messageOf, printable } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import { didYouMean } from "../../core/suggest.ts";
import { MAX_BYTES, formatPosition, parseYaml, type YamlNode } from "../../core/yaml.ts";
import { PLUGIN_KINDS, type PluginKind } from "./clause.ts";
import { CLAUSES } from "./clauses/index.ts";
import { MapReader } from "./map-reader.ts";
import { guessProfile, type KnownDeviation, type Profile, type Variant } from "./profile.ts";
import { defaultVariants } from "./default-variants.ts";

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
  const file = join(packageRoot(), "runners/conformance/profiles", `${plugin}.yaml`);
  return existsSync(file) ? loadProfile(file) : null;
}

/**
 * For a configuration that a user gave: what its plugin is comes from the profile that cnibench ships for it, if any; what only
 * fits that profile's own configuration does not.
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
    if (statSync(file).size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024} KiB`);
    return parseProfile(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${printable(file)} cannot be read (${messageOf(error)}); give a readable profile`);
  }
}

/** @throws UsageErrors */
export function parseProfile(text: string, file: string): ProfiledPlugin {
  const parsed = parseYaml(text, file);
  if ("problems" in parsed)
    throw new UsageErrors(
      parsed.problems.map(({ position: place, message: sentence }) => `${formatPosition(place)}: ${sentence}`),
    );
  const fields = new MapReader(parsed.root, PROFILE_KEYS);
  const list = fields.config("config");
  const target = fields.integer("target", 0, 0, 15);
  const prepare = fields.string("prepare");
  const stopDaemon = fields.string("stopDaemon");
  const protocolOnly = fields.string("protocolOnly");
  const kinds = fields.strings("kinds", PLUGIN_KINDS) as readonly PluginKind[];
  if (kinds.length === 0)
    fields.addProblem(parsed.root, `"kinds" is missing; give one or more of ${PLUGIN_KINDS.join(", ")}`);
  if (list !== null && list.plugins[target] === undefined)
    fields.addProblem(
      parsed.root,
      `"target" is ${target}, but "config" has ${list.plugins.length} plugins; count from 0`,
    );
  reportContradictions(fields, parsed.root, kinds, list?.plugins[target], target);
  const read = {
    kinds,
    target,
    ifName: fields.string("ifName") || "eth0",
    layer2: fields.boolean("layer2"),
    gateway: fields.boolean("gateway"),
    changes: fields.boolean("changes"),
    configured: fields.strings("configured", ["routes", "dns", "request", "fixed"]),
    operationLimit: fields.integer("operationLimit", 30, 1, 300),
    linkTypes: fields.strings("linkTypes"),
    exclusive: fields.boolean("exclusive"),
    excluded: fields
      .maps("excluded", ["clauses", "reason"])
      .map((one) => ({ clauses: one.strings("clauses"), reason: one.string("reason") })),
    known: fields.maps("known", ["clause", "versions", "reason"]).map(readKnown),
    ...(prepare && { prepare }),
    ...(stopDaemon && { stopDaemon }),
    ...(protocolOnly && { protocolOnly }),
  };
  const variants = fields.maps("variants", ["name", "config", "clauses", "changes"]).map(readVariant);
  fields.throwProblems();
  const network = list as NetworkConfigList;
  return {
    list: network,
    profile: {
      ...guessProfile(network, target),
      ...read,
      variants: [...variants, ...defaultVariants(network, target, kinds)],
    },
  };
}

/** What no plugin is, or what its configuration contradicts. */
function reportContradictions(
  fields: MapReader,
  place: YamlNode,
  kinds: readonly PluginKind[],
  plugin: PluginConfig | undefined,
  target: number,
): void {
  if (kinds.includes("ipam") && kinds.length > 1)
    fields.addProblem(
      place,
      `"kinds" has ipam beside ${kinds.filter((kind) => kind !== "ipam").join(", ")}; an IPAM plugin is nothing else`,
    );
  if (kinds.includes("interface") && kinds.includes("chained"))
    fields.addProblem(
      place,
      `"kinds" has interface and chained; a plugin makes the link or changes one, give one of them`,
    );
  if (kinds.includes("chained") && target === 0)
    fields.addProblem(
      place,
      `a chained plugin needs a plugin before it; put one into "config" and give its place as "target"`,
    );
  if (kinds.includes("delegating") && plugin !== undefined && !isObject(plugin.raw.ipam))
    fields.addProblem(place, `"kinds" has delegating, but ${plugin.type} has no "ipam" in "config"; add it`);
}

function readVariant(fields: MapReader): Variant {
  const list = fields.config("config") as NetworkConfigList;
  return {
    name: fields.string("name"),
    list,
    clauses: fields.strings("clauses"),
    ...(fields.boolean("changes") && { changes: true }),
  };
}

function readKnown(fields: MapReader): KnownDeviation {
  const clause = fields.string("clause");
  const ids = CLAUSES.map(({ id }) => id);
  if (!ids.includes(clause)) {
    fields.addProblem(
      fields.node,
      `there is no clause "${printable(clause)}"${didYouMean(clause, ids)}; \`cnibench list clauses\` prints them`,
    );
  }
  const versions = fields.strings("versions").filter((version): version is SpecVersion => isSpecVersion(version));
  return { clause, versions, reason: fields.string("reason") };
}
