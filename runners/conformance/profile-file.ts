/** Profiles as YAML files: those that cnibench ships, and users' own. Everything wrong with one is told at once. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { NetworkConfigList } from "../../cni/types.ts";
import { isSpecVersion, type SpecVersion } from "../../cni/version.ts";
import { UsageError, UsageErrors, messageOf, printable } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import { didYouMean } from "../../core/suggest.ts";
import { MAX_BYTES, at, parseYaml } from "../../core/yaml.ts";
import { KINDS, type Kind } from "./clause.ts";
import { CLAUSES } from "./clauses/index.ts";
import { Fields } from "./fields.ts";
import { guessProfile, type KnownDeviation, type Profile, type Variant } from "./profile.ts";

/** A plugin with the network that it is tested in. */
export interface DescribedPlugin {
  readonly profile: Profile;
  readonly list: NetworkConfigList;
}

const KEYS = ["kinds", "target", "config", "layer2", "gateway", "changes", "configured", "operationLimit", "prepare", "linkTypes", "exclusive", "protocolOnly", "variants", "known"];

/** The profile that cnibench ships for a plugin of this name, or null. */
export function shippedProfile(plugin: string): DescribedPlugin | null {
  if (!/^[\w-]+$/.test(plugin)) return null;
  const file = join(packageRoot(), "runners/conformance/profiles", `${plugin}.yaml`);
  return existsSync(file) ? loadProfile(file) : null;
}

/** @throws UsageError, UsageErrors with file, line and column */
export function loadProfile(file: string): DescribedPlugin {
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024} KiB`);
    return parseProfile(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${printable(file)} cannot be read (${messageOf(error)}); give a readable profile`);
  }
}

/** @throws UsageErrors */
export function parseProfile(text: string, file: string): DescribedPlugin {
  const parsed = parseYaml(text, file);
  if ("problems" in parsed) throw new UsageErrors(parsed.problems.map(({ place, sentence }) => `${at(place)}: ${sentence}`));
  const fields = new Fields(parsed.root, KEYS);
  const list = fields.config("config");
  const target = fields.number("target", 0, 0, 15);
  const prepare = fields.text("prepare");
  const protocolOnly = fields.text("protocolOnly");
  const kinds = fields.texts("kinds", KINDS) as readonly Kind[];
  if (kinds.length === 0) fields.refuse(parsed.root, `"kinds" is missing; give one or more of ${KINDS.join(", ")}`);
  if (list !== null && list.plugins[target] === undefined) fields.refuse(parsed.root, `"target" is ${target}, but "config" has ${list.plugins.length} plugins; count from 0`);
  const read = {
    kinds,
    target,
    layer2: fields.flag("layer2"),
    gateway: fields.flag("gateway"),
    changes: fields.flag("changes"),
    configured: fields.texts("configured", ["routes", "dns", "request", "fixed"]),
    operationLimit: fields.number("operationLimit", 30, 1, 300),
    linkTypes: fields.texts("linkTypes"),
    exclusive: fields.flag("exclusive"),
    variants: fields.maps("variants", ["name", "config", "clauses"]).map(readVariant),
    known: fields.maps("known", ["clause", "versions", "reason"]).map(readKnown),
    ...(prepare && { prepare }),
    ...(protocolOnly && { protocolOnly }),
  };
  fields.end();
  const network = list as NetworkConfigList;
  return { list: network, profile: { ...guessProfile(network, target), ...read } };
}

function readVariant(fields: Fields): Variant {
  return { name: fields.text("name"), list: fields.config("config") as NetworkConfigList, clauses: fields.texts("clauses") };
}

function readKnown(fields: Fields): KnownDeviation {
  const clause = fields.text("clause");
  const ids = CLAUSES.map(({ id }) => id);
  if (!ids.includes(clause)) {
    fields.refuse(fields.node, `there is no clause "${printable(clause)}"${didYouMean(clause, ids)}; \`cnibench list clauses\` prints them`);
  }
  const versions = fields.texts("versions").filter((version): version is SpecVersion => isSpecVersion(version));
  return { clause, versions, reason: fields.text("reason") };
}
