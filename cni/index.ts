/** The CNI library as the rest of cnibench uses it. `library.ts` is the published part. */
export { commandLine, reproduceCommand, shortenInput } from "./command-line.ts";
export { parseNetworkConfig, withVersion } from "./conf.ts";
export { convertResult } from "./convert.ts";
export { cniEnvironment, versionEnvironment, withoutCniVariables } from "./environment.ts";
export type { CniEnv } from "./environment.ts";
export { errorObject } from "./plugin-errors.ts";
export type { CniErrorParts } from "./plugin-errors.ts";
export { parseCniArgs, podArgs, WITHOUT_POD } from "./pod-args.ts";
export type { CniArgs } from "./pod-args.ts";
export { PluginFinder } from "./plugin-finder.ts";
export { invokePlugin } from "./invoke.ts";
export { JsonSyntaxError, isList, isObject, parseJson, stringifyJson } from "./lossless-json.ts";
export type { JsonObject, JsonValue } from "./lossless-json.ts";
export { memoryStore } from "./memory.ts";
export { parseVersionOutput } from "./plugin-output.ts";
export { deriveRequest } from "./request.ts";
export { readResult } from "./result.ts";
export { CniRuntime } from "./runtime.ts";
export type { RuntimeOptions } from "./runtime.ts";
export { folderStore } from "./runtime-store.ts";
export type { RuntimeStore } from "./runtime-store.ts";
export type {
  Attachment,
  AttachmentRef,
  CniResult,
  Invocation,
  NetworkConfigList,
  Operation,
  PluginConfig,
} from "./types.ts";
export { SPEC_VERSIONS, atLeast, isSpecVersion } from "./spec-versions.ts";
export type { SpecVersion } from "./spec-versions.ts";
