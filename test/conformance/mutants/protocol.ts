/** The part of the protocol that all correct plugins share: input, parameters, versions, errors. */
import {
  isList,
  isObject,
  parseJson,
  stringifyJson,
  type JsonObject,
  type JsonValue,
} from "../../../cni/lossless-json.ts";
import { convertResult } from "../../../cni/convert.ts";
import { readResult } from "../../../cni/result.ts";
import type { AttachmentRef, CniResult } from "../../../cni/types.ts";
import {
  LATEST_VERSION,
  SPEC_VERSIONS,
  DEFAULT_VERSION,
  atLeast,
  isSpecVersion,
  type SpecVersion,
} from "../../../cni/spec-versions.ts";
import { messageOf } from "../../../core/errors.ts";
import type { PluginOutput, PluginCall } from "./plugin-server.ts";

/** An error that the plugin reports as an error object. */
export class PluginError extends Error {
  readonly code: number;
  readonly details: string;
  constructor(code: number, message: string, details = "") {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A valid request. */
export interface Request extends PluginCall {
  readonly command: string;
  readonly config: JsonObject;
  readonly version: SpecVersion;
  readonly network: string;
  readonly id: string;
  readonly netns: string;
  readonly ifName: string;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** First version that defines the operation. */
const FIRST_VERSION: Readonly<Record<string, SpecVersion>> = {
  ADD: "0.1.0",
  DEL: "0.1.0",
  CHECK: "0.4.0",
  GC: "1.1.0",
  STATUS: "1.1.0",
};

export abstract class Plugin {
  /** Parameters that each operation requires. */
  requiredParameters: Readonly<Record<string, readonly string[]>> = {
    ADD: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
    CHECK: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
    DEL: ["CNI_CONTAINERID", "CNI_IFNAME"],
  };

  abstract add(request: Request): Promise<CniResult>;
  abstract del(request: Request): Promise<void>;
  abstract check(request: Request): Promise<void>;
  abstract gc(request: Request): Promise<void>;
  abstract status(request: Request): Promise<void>;

  async serve(call: PluginCall): Promise<PluginOutput> {
    let version = "";
    try {
      const config = this.decode(call);
      version = typeof config.cniVersion === "string" ? config.cniVersion : "";
      return { exitCode: 0, stdout: await this.execute(call, config) };
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      return this.formatError(error, version, call);
    }
  }

  decode({ input, env }: PluginCall): JsonObject {
    if (input === null) throw new PluginError(5, "standard input cannot be read");
    if (env.CNI_COMMAND === "VERSION" && input === "") return {};
    try {
      const value = parseJson(input);
      if (isObject(value)) return value;
    } catch {
      // Reported below.
    }
    throw new PluginError(6, "the input is not one JSON object");
  }

  /** Runs the operation. @returns the output on success */
  async execute(call: PluginCall, config: JsonObject): Promise<string> {
    const command = this.commandOf(call);
    if (command === "VERSION")
      return stringifyJson(this.versions(typeof config.cniVersion === "string" ? config.cniVersion : LATEST_VERSION));
    const version = this.versionOf(config);
    this.checkOperation(command, version);
    this.checkEnv(command, call.env);
    const network = this.networkOf(config);
    const { CNI_CONTAINERID: id = "", CNI_NETNS: netns = "", CNI_IFNAME: ifName = "" } = call.env;
    const request: Request = { ...call, command, config, version, network, id, netns, ifName };
    if (command === "ADD") return this.formatResult(await this.add(request), request);
    if (command === "DEL") await this.del(request);
    if (command === "CHECK") await this.check(request);
    if (command === "GC") await this.gc(request);
    if (command === "STATUS") await this.status(request);
    return "";
  }

  commandOf({ env }: PluginCall): string {
    const command = env.CNI_COMMAND ?? "";
    if (command === "VERSION" || Object.hasOwn(FIRST_VERSION, command)) return command;
    throw new PluginError(4, `unknown CNI_COMMAND "${command}"`);
  }

  versions(requested: string): JsonObject {
    return { cniVersion: requested, supportedVersions: SPEC_VERSIONS };
  }

  versionOf({ cniVersion = DEFAULT_VERSION }: JsonObject): SpecVersion {
    if (typeof cniVersion !== "string") throw new PluginError(6, "cniVersion is not a string");
    if (isSpecVersion(cniVersion)) return cniVersion;
    throw new PluginError(1, `cniVersion ${cniVersion} is not supported`);
  }

  checkOperation(command: string, version: SpecVersion): void {
    if (!atLeast(version, FIRST_VERSION[command] ?? LATEST_VERSION))
      throw new PluginError(1, `version ${version} does not define ${command}`);
  }

  checkEnv(command: string, env: PluginCall["env"]): void {
    const needed = this.requiredParameters[command] ?? [];
    const bad = needed.filter((name) => (env[name] ?? "") === "" || !this.isValid(name, env[name] ?? ""));
    if (bad.length > 0) throw new PluginError(4, `invalid parameters: ${bad.join(", ")}`);
  }

  isValid(name: string, value: string): boolean {
    if (name === "CNI_CONTAINERID") return NAME.test(value);
    return (
      name !== "CNI_IFNAME" ||
      (Buffer.byteLength(value) < 16 && value !== "." && value !== ".." && !/[/:\s]/.test(value))
    );
  }

  networkOf({ name }: JsonObject): string {
    if (typeof name === "string" && NAME.test(name)) return name;
    throw new PluginError(7, "name is missing or contains invalid characters");
  }

  formatResult(result: CniResult, { version }: Request): string {
    return stringifyJson(convertResult(result as unknown as JsonObject, version));
  }

  /** Adds 100 to codes that are not defined before 1.0.0. */
  formatError(error: PluginError, version: string, _call: PluginCall): PluginOutput {
    const spoken = isSpecVersion(version) ? version : LATEST_VERSION;
    const code = atLeast(spoken, "1.0.0") || error.code < 3 ? error.code : error.code + (error.code < 8 ? 100 : 0);
    const errorObject = {
      cniVersion: spoken,
      code,
      msg: error.message,
      ...(error.details && { details: error.details }),
    };
    return { exitCode: 1, stdout: stringifyJson(errorObject), stderr: `${error.message}\n` };
  }
}

/** prevResult in the format of the latest version, or null. @throws PluginError if it is invalid */
export function prevResultOf({ config }: Request): CniResult | null {
  if (!isObject(config.prevResult)) return null;
  try {
    return readResult(config.prevResult);
  } catch (error) {
    throw new PluginError(7, `invalid prevResult: ${messageOf(error)}`);
  }
}

/** The attachments that GC must keep. @throws PluginError if the list is missing */
export function validAttachmentsOf({ config }: Request, key = "cni.dev/valid-attachments"): readonly AttachmentRef[] {
  const list = config[key];
  if (!isList(list)) throw new PluginError(7, `${key} is missing`);
  return list
    .filter(isObject)
    .map(({ containerID, ifname }) => ({ containerID: stringOf(containerID), ifName: stringOf(ifname) }));
}

export function stringOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Returns 0 for a missing value. @throws PluginError unless the value is a non-negative integer */
export function integerOf(value: JsonValue | undefined): number {
  if (value === undefined) return 0;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new PluginError(7, "invalid number in the configuration");
}
