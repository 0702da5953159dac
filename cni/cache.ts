/**
 * Attachments as files `container-interface/network`: what was added, for the CHECK and the DEL of whichever process comes
 * later. Each has a folder of its own, so that nothing takes longer because there are many.
 */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EnvironmentError, messageOf } from "../core/errors.ts";
import { isList, isObject, parseJson, stringifyJson, type JsonObject, type JsonValue } from "./json.ts";
import type { AttachmentRef, CachedAttachment } from "./types.ts";

const RECORD_KIND = "cnibench/attachment/1";
/** About half of what a file name may have; longer parts are replaced by their hash. */
const MAX_NAME_CHARS = 120;

/** The folder and all above it that is missing, readable by its owner alone. @throws EnvironmentError */
export function makePrivateDirectory(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    throw new EnvironmentError(`the folder ${folder} cannot be made (${messageOf(error)}); choose a writable place`);
  }
}

/**
 * Writes the file as a whole or not at all. Nothing is synced to the disk: what a power failure loses, it loses together
 * with the network namespaces that it described.
 * @throws EnvironmentError
 */
export function writeAttachment(dir: string, cached: CachedAttachment): void {
  const file = fileOf(dir, cached.network, cached.attachment);
  const temporary = `${file}~${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, encode(cached), { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new EnvironmentError(
      `the result of ADD cannot be stored in ${dir} (${messageOf(error)}); make room or choose another place`,
    );
  }
}

/** null when there is none. @throws EnvironmentError when it cannot be used. */
export function readAttachment(dir: string, network: string, ref: AttachmentRef): CachedAttachment | null {
  return readFile(fileOf(dir, network, ref));
}

export function removeAttachment(dir: string, network: string, ref: AttachmentRef): void {
  const file = fileOf(dir, network, ref);
  rmSync(file, { force: true });
  try {
    rmdirSync(dirname(file));
  } catch {
    // It was not there, or another network has the same interface.
  }
}

/** Every attachment that can be read; a broken file is passed over, for it names nobody. */
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

/** Whether the attachment is stored for any network: it is identified without one. */
export function isStored(dir: string, ref: AttachmentRef): boolean {
  return finishedNames(join(dir, containerDirName(ref))).length > 0;
}

/** Without files that are being written; none where there is no such folder. */
function finishedNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.includes("~"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function fileOf(dir: string, network: string, ref: AttachmentRef): string {
  const part = escapeName(network);
  return join(dir, containerDirName(ref), part.length > MAX_NAME_CHARS ? hash(network) : part);
}

/** A hyphen inside a part is escaped, so that no two attachments share a folder. */
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
    throw new EnvironmentError(
      `the stored attachment ${file} cannot be used (${messageOf(error)}); run DEL, which removes it`,
    );
  }
}

function decode(value: JsonValue): CachedAttachment {
  if (!isObject(value) || value.kind !== RECORD_KIND) throw new Error(`it is no ${RECORD_KIND}`);
  const string = (key: string): string => {
    const field = value[key];
    if (typeof field !== "string") throw new Error(`"${key}" is no text`);
    return field;
  };
  const object = (key: string): JsonObject => {
    const field = value[key];
    if (!isObject(field)) throw new Error(`"${key}" is no object`);
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
    throw new Error(`"args" has an entry that is no pair of texts`);
  return [key, text];
}
