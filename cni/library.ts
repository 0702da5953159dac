/** The published library: `import { CniRuntime } from "cnibench/cni"`. See docs/cni-library.md. */
export { CniRuntime, type DelOptions, type DelTarget, type RuntimeOptions } from "./runtime.ts";
export { memoryStore } from "./memory.ts";
export { folderStore, type RuntimeStore } from "./runtime-store.ts";
export { parseNetworkConfig } from "./conf.ts";
export { findNetworkConfig, loadNetworkConfig } from "./load.ts";
export { CniError, CniErrors } from "./plugin-errors.ts";
export type {
  AddOutcome,
  Attachment,
  AttachmentRef,
  CachedAttachment,
  CniResult,
  Invocation,
  NetworkConfigList,
  Operation,
  PluginConfig,
} from "./types.ts";
export type { SpecVersion } from "./spec-versions.ts";
/** Runs plugins on this host. Implement {@link Shell} to run them elsewhere. */
export { localShell } from "../core/local.ts";
export { type ExecOptions, type Output, type Process, type Shell, CommandError } from "../core/shell.ts";
export { EnvironmentError, UsageError } from "../core/errors.ts";
