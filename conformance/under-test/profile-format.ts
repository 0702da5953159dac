/** The format of profiles (docs/profiles.md). Each key is declared once. */
import {
  type CniArgs,
  isObject,
  isSpecVersion,
  type NetworkConfigList,
  parseCniArgs,
  parseNetworkConfig,
  type SpecVersion,
} from "../../cni/index.ts";
import { UsageError, printable } from "../../core/errors.ts";
import { didYouMean, matchesGlob } from "../../core/text.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { MapReader, type Fields } from "../../core/validation/map.ts";
import { Problems, type Wording } from "../../core/validation/problems.ts";
import { boolean, list, numberIn, text, type Type } from "../../core/validation/value-types.ts";
import { parseYaml } from "../../core/validation/yaml.ts";
import { CLAUSES } from "../clauses/index.ts";
import { PLUGIN_KINDS, type PluginKind, DEFAULT_OPERATION_LIMIT_S } from "./plugin-under-test.ts";
import { guessProfile, type KnownDeviation, type Profile } from "./profile.ts";
import { type Variant, defaultVariants } from "./variants.ts";

/** A plugin with the network that it is tested in. */
export interface ProfiledPlugin {
  readonly profile: Profile;
  readonly list: NetworkConfigList;
}

const WORDING: Wording = {
  mismatch: () => "",
  notMap: (_node, _label, keys) => `expected a map with the keys ${keys.join(", ")}`,
  unknownKey: ({ key, value }, _label, keys) => ({
    position: value,
    message: `unknown key "${printable(key)}"${didYouMean(key, keys)}; remove it`,
  }),
};

/** Strings, or some of these strings. Invalid ones are reported and omitted. */
function strings<T extends string>(allowed?: readonly T[]): Type<readonly T[]> {
  return {
    read: (node, label, problems) => {
      const isAllowed = (value: unknown): value is T =>
        typeof value === "string" && (allowed?.some((candidate) => candidate === value) ?? true);
      return (list.read(node, label, problems) ?? []).flatMap((item) => {
        if (item.kind === "scalar" && isAllowed(item.value)) return [item.value];
        problems.addMismatch(item, label, `a list of ${allowed?.join(", ") ?? "strings"}`);
        return [];
      });
    },
  };
}

function mapsOf<F extends Fields>(fields: F): Type<readonly MapReader<F>[]> {
  return {
    read: (node, label, problems) =>
      (list.read(node, label, problems) ?? []).map((item) => new MapReader(item, label, fields, problems)),
  };
}

const CONFIG_MISSING = '"config" is missing; set it to the network configuration as JSON';

/** A network configuration in a string of JSON. */
const networkConfig: Type<NetworkConfigList> = {
  read: (node, label, problems) => {
    const json = text.read(node, label, problems) ?? "";
    try {
      if (json === "") throw new UsageError(CONFIG_MISSING);
      return parseNetworkConfig(json, "config");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.add(node, error.message);
      return null;
    }
  },
};

/** Changes to CNI_ARGS in a string. */
const cniArgs: Type<CniArgs> = {
  read: (node, label, problems) => {
    try {
      return parseCniArgs(text.read(node, label, problems) ?? "");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.add(node, `"cniArgs": ${error.message}`);
      return null;
    }
  },
};

const STRING = { type: text, default: "" };
const FLAG = { type: boolean, default: false };
const STRINGS = { type: strings<string>(), default: [] };
const CONFIG = { type: networkConfig, missing: CONFIG_MISSING };

/** Accepted and ignored: what ADD changes is observed. */
const DEPRECATED = { changes: FLAG } as const;
const VARIANT = { name: STRING, config: CONFIG, clauses: STRINGS, ...DEPRECATED } as const satisfies Fields;
const EXCLUSION = { clauses: STRINGS, reason: STRING } as const satisfies Fields;
const DEVIATION = { clause: STRING, versions: STRINGS, reason: STRING } as const satisfies Fields;
const PROFILE = {
  kinds: { type: strings(PLUGIN_KINDS), default: [] },
  ifName: STRING,
  target: { type: numberIn({ type: "integer", min: 0, max: 15 }), default: 0 },
  config: CONFIG,
  layer2: FLAG,
  gateway: FLAG,
  ...DEPRECATED,
  configured: { type: strings(["routes", "dns", "request", "fixed"]), default: [] },
  operationLimit: { type: numberIn({ type: "integer", min: 1, max: 300 }), default: DEFAULT_OPERATION_LIMIT_S },
  cniArgs: { type: cniArgs, default: [] },
  setup: STRING,
  prepare: STRING,
  stopDaemon: STRING,
  linkTypes: STRINGS,
  exclusive: FLAG,
  protocolOnly: STRING,
  variants: { type: mapsOf(VARIANT), default: [] },
  excluded: { type: mapsOf(EXCLUSION), default: [] },
  known: { type: mapsOf(DEVIATION), default: [] },
} as const satisfies Fields;

type ProfileReader = MapReader<typeof PROFILE>;

/** @throws UsageErrors with all problems of the file */
export function parseProfile(yaml: string, file: string): ProfiledPlugin {
  const problems = new Problems(WORDING);
  const parsed = parseYaml(yaml, file);
  if ("problems" in parsed) {
    for (const { position, message } of parsed.problems) problems.add(position, message);
    throw problems.toError();
  }
  const reader = new MapReader(parsed.root, "the profile", PROFILE, problems);
  const network = reader.value("config");
  const target = reader.value("target");
  const kinds = readKinds(reader, problems);
  checkTarget(reader, network, { kinds, target }, problems);
  const facts = readFacts(reader, problems);
  const variantReaders = reader.value("variants");
  const variants = variantReaders.flatMap(readVariant);
  if (problems.found || network === undefined) throw problems.toError();
  const guess = guessProfile(network, target);
  return {
    list: { ...network, warnings: [...network.warnings, ...deprecations([reader, ...variantReaders], file)] },
    profile: {
      ...guess,
      ...facts,
      gateway: reader.value("gateway") || guess.gateway,
      kinds,
      target,
      variants: [...variants, ...defaultVariants(network, target, kinds)],
    },
  };
}

/** Reads the kinds and reports combinations that no plugin has. */
function readKinds(reader: ProfileReader, problems: Problems): readonly PluginKind[] {
  const { node } = reader;
  const kinds = reader.value("kinds");
  const others = kinds.filter((kind) => kind !== "ipam");
  if (kinds.length === 0) problems.add(node, `"kinds" is missing; set it to one or more of ${PLUGIN_KINDS.join(", ")}`);
  if (kinds.includes("ipam") && others.length > 0)
    problems.add(node, `"kinds" contains ipam and ${others.join(", ")}; an IPAM plugin has no other kind`);
  if (kinds.includes("interface") && kinds.includes("chained"))
    problems.add(node, '"kinds" contains interface and chained; a plugin is only one of them');
  return kinds;
}

/** Adds contradictions between the target and the other keys. */
function checkTarget(
  { node }: ProfileReader,
  network: NetworkConfigList | undefined,
  { kinds, target }: Pick<Profile, "kinds" | "target">,
  problems: Problems,
): void {
  if (kinds.includes("chained") && target === 0)
    problems.add(
      node,
      'a chained plugin needs a plugin before it; add one to "config" and set "target" to the index of the plugin',
    );
  if (network === undefined) return;
  const plugin = network.plugins[target];
  if (plugin === undefined)
    problems.add(node, `"target" is ${target}, but "config" has ${network.plugins.length} plugins; count from 0`);
  else if (kinds.includes("delegating") && !isObject(plugin.raw.ipam))
    problems.add(node, `"kinds" contains delegating, but ${plugin.type} has no "ipam" in "config"; add it`);
}

type Facts = Omit<Profile, "gateway" | "kinds" | "target" | "variants" | "offeredCapabilities">;

/** Reads the keys that need no other key. */
function readFacts(reader: ProfileReader, problems: Problems): Facts {
  const optional = ["setup", "prepare", "stopDaemon", "protocolOnly"] as const;
  return {
    ifName: reader.value("ifName") || "eth0",
    layer2: reader.value("layer2"),
    configured: reader.value("configured"),
    operationLimit: reader.value("operationLimit"),
    cniArgs: reader.value("cniArgs"),
    linkTypes: reader.value("linkTypes"),
    exclusive: reader.value("exclusive"),
    excluded: reader
      .value("excluded")
      .map((exclusion) => ({ clauses: exclusion.value("clauses"), reason: exclusion.value("reason") })),
    known: reader.value("known").map((deviation) => readDeviation(deviation, problems)),
    ...Object.fromEntries(optional.flatMap((key) => (reader.value(key) === "" ? [] : [[key, reader.value(key)]]))),
  };
}

/** Returns a warning for each deprecated key that a map of the profile contains. */
function deprecations(maps: readonly MapReader<typeof DEPRECATED>[], file: string): readonly Warning[] {
  const keys = Object.keys(DEPRECATED) as (keyof typeof DEPRECATED)[];
  return keys
    .filter((key) => maps.some((map) => map.at(key) !== null))
    .map((key) => ({
      code: "profile-deprecated",
      message: `${printable(file)}: "${key}" is deprecated and ignored, because cnibench observes it; remove it`,
    }));
}

/** Returns an empty list if the configuration is invalid. */
function readVariant(reader: MapReader<typeof VARIANT>): readonly Variant[] {
  const network = reader.value("config");
  const [name, globs] = [reader.value("name"), reader.value("clauses")];
  if (network === undefined) return [];
  const covers: Variant["covers"] = ({ id }) => globs.some((glob) => matchesGlob(id, glob));
  return [{ name, list: network, covers }];
}

function readDeviation(reader: MapReader<typeof DEVIATION>, problems: Problems): KnownDeviation {
  const clause = reader.value("clause");
  const ids = CLAUSES.map(({ id }) => id);
  if (!ids.includes(clause))
    problems.add(
      reader.node,
      `unknown clause "${printable(clause)}"${didYouMean(clause, ids)}; run "cnibench list clauses"`,
    );
  const versions = reader.value("versions").filter((version): version is SpecVersion => isSpecVersion(version));
  return { clause, versions, reason: reader.value("reason") };
}
