/** The tools of this machine: finds them, describes them, and fetches missing ones into the private cache. */
export { archiveSources, requireSpace } from "./apt.ts";
export { cacheDir, createCache } from "./cache.ts";
export { REFERENCE_PLUGINS, TOOLS, toolOf } from "./catalog.ts";
export type { ToolName } from "./catalog.ts";
export { describeTools, missingTools, queryVersion } from "./describe.ts";
export { fetchTools } from "./fetch.ts";
export type { FetchOptions } from "./fetch.ts";
export { cniPluginDirs, findCniPlugin, findTool, isExecutable, toolPath } from "./find.ts";
export { withLock } from "./file-lock.ts";
export { whyNotRunnable } from "./runnable.ts";
export { distributionOf, renderSources } from "./sources.ts";
export type { AptSource } from "./sources.ts";
