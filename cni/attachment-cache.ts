/**
 * Stores attachments as files `container-interface/network`, so that a later process can CHECK and DEL them. Each
 * attachment has its own directory, so the number of attachments does not affect performance.
 */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeAtomically } from "../core/atomic-write.ts";
import { EnvironmentError, messageOf } from "../core/errors.ts";
import { isList, isObject, parseJson, stringifyJson, type JsonObject, type JsonValue } from "./lossless-json.ts";
import type { AttachmentRef, CachedAttachment } from "./types.ts";

const RECORD_KIND = "cnibench/attachment/1";
/** About half of the maximum length of a file name. Longer names are replaced by their hash. */
const MAX_NAME_CHARS = 120;

/** Creates a directory and its missing parents, accessible only to the owner. @throws EnvironmentError */
export function makePrivateDirectory(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(dir, 0o700);
  } catch (error) {
    throw new EnvironmentError(`cannot create directory ${dir} (${messageOf(error)}); choose a writable directory`);
  }
}

/** @throws EnvironmentError */
export function writeAttachment(dir: string, cached: CachedAttachment): void {
  const file = fileOf(dir, cached.network, cached.attachment);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Not synced to disk: a power failure also destroys the network namespace that the file describes.
    writeAtomically(file, encode(cached), 0o600);
  } catch (error) {
    throw new EnvironmentError(
      `cannot store the result of ADD in ${dir} (${messageOf(error)}); free some space or choose another directory`,
    );
  }
}

/** Returns the stored attachment, or null if there is none. @throws EnvironmentError if the file is unusable */
export function readAttachment(dir: string, network: string, ref: AttachmentRef): CachedAttachment | null {
  return readFile(fileOf(dir, network, ref));
}

export function removeAttachment(dir: string, network: string, ref: AttachmentRef): void {
  const file = fileOf(dir, network, ref);
  rmSync(file, { force: true });
  try {
    rmdirSync(dirname(file));
  } catch {
    // The directory does not exist, or another network has the same interface.
  }
}

/** Returns all readable attachments. Broken files are skipped because they identify no attachment. */
export function listAttachments(dir: string): readonly CachedAttachment[] {
  const files = finishedNames(dir).flatMap((part) =>
    finishedNames(join(dir, part)).map((name) => join(dir, part, name)),
  );
  return files.flatMap((file) => {
    try {
      return readFile(file) ?? [];
    } catch {
      return [];
    }
  });
}

/** Reports whether the attachment is stored for any network; a network is not part of its identity. */
export function isStored(dir: string, ref: AttachmentRef): boolean {
  return finishedNames(join(dir, containerDirName(ref))).length > 0;
}

/** Returns the names in a directory except files being written; an empty list if the directory does not exist. */
function finishedNames(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => !name.includes("~"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function fileOf(dir: string, network: string, ref: AttachmentRef): string {
  const part = escapeName(network);
  return join(dir, containerDirName(ref), part.length > MAX_NAME_CHARS ? hash(network) : part);
}

/** Hyphens inside a part are escaped, so two attachments never share a directory. */
function containerDirName({ containerID, ifName }: AttachmentRef): string {
  const part = `${escapeName(containerID)}-${escapeName(ifName)}`;
  return part.length > MAX_NAME_CHARS ? hash(part) : part;
}

function escapeName(text: string): string {
  return encodeURIComponent(text).replaceAll("-", "%2D").replaceAll("~", "%7E");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function encode({ network, config, attachment, result }: CachedAttachment): string {
  const { containerID, ifName, netns, args = [], capabilityArgs = {} } = attachment;
  const pairs = args.map(([key, value]) => [key, value]);
  return stringifyJson({
    kind: RECORD_KIND,
    network,
    containerID,
    ifName,
    netns,
    args: pairs,
    capabilityArgs,
    config,
    result,
  });
}

function readFile(file: string): CachedAttachment | null {
  try {
    return decode(parseJson(readFileSync(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new EnvironmentError(`unusable stored attachment ${file} (${messageOf(error)}); run DEL to remove it`);
  }
}

function decode(value: JsonValue): CachedAttachment {
  if (!isObject(value) || value.kind !== RECORD_KIND) throw new Error(`not a ${RECORD_KIND}`);
  const string = (key: string): string => {
    const field = value[key];
    if (typeof field !== "string") throw new Error(`"${key}" is not a string`);
    return field;
  };
  const object = (key: string): JsonObject => {
    const field = value[key];
    if (!isObject(field)) throw new Error(`"${key}" is not an object`);
    return field;
  };
  const args = isList(value.args) ? value.args.map(decodePair) : [];
  return {
    network: string("network"),
    config: string("config"),
    attachment: {
      containerID: string("containerID"),
      ifName: string("ifName"),
      netns: string("netns"),
      args,
      capabilityArgs: object("capabilityArgs"),
    },
    result: object("result"),
  };
}

function decodePair(value: JsonValue): readonly [string, string] {
  const [key, text] = isList(value) ? value : [];
  if (typeof key !== "string" || typeof text !== "string")
    throw new Error(`"args" has an entry that is not a pair of strings`);
  return [key, text];
}
