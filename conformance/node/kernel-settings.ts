/** Kernel settings of a network namespace, and those that ADD changed. */
import { run, type Shell } from "../../core/shell.ts";
import { parseSettings, type Attributes } from "./attributes.ts";
import { inspect } from "./recorder.ts";

/** Paths of settings, with their values. */
export type Settings = Attributes;

export async function readSettings(shell: Shell): Promise<Settings> {
  return new Map(parseSettings((await inspect(shell, `grep -rs "" /proc/sys/net/; true`)).split("\n")));
}

/** A setting that was changed. */
export interface ChangedSetting {
  readonly path: string;
  /** The value before the change; for the setting of a new link, the default. */
  readonly before: string;
}

/** Forwarding of one link follows forwarding of the namespace. */
const FOLLOWING_SETTINGS = /\/(mc_)?forwarding$|\/ip_forward$/;

/** The kernel disables these settings of links without neighbors, such as ifb, with the value -1. */
const DISABLED_SETTINGS = /\/(accept_dad|use_tempaddr)$/;

/** Settings that differ, without those that the kernel changes on its own. */
export function changedSettings(before: Settings, after: Settings): readonly ChangedSetting[] {
  return [...after].flatMap(([path, value]) => {
    const previous = before.get(path) ?? after.get(path.replace(/\/(conf|neigh)\/[^/]+\//, "/$1/default/"));
    const isOwn = FOLLOWING_SETTINGS.test(path) || (value === "-1" && DISABLED_SETTINGS.test(path));
    return previous === undefined || previous === value || isOwn ? [] : [{ path, before: previous }];
  });
}

export async function writeSetting(shell: Shell, path: string, value: string): Promise<void> {
  await run(shell, ["sh", "-ec", `printf '%s\\n' "$2" >"$1"`, "sh", path, value]);
}
