/** Builds the environment of a plugin execution (specification 1.1, section 2, parameters). */
import type { Attachment, Operation } from "./types.ts";

/** How to pass parameters that an operation does not use: `empty` like libcni, or `unset` like other runtimes. */
export type UnusedStyle = "empty" | "unset";

/** Changes to an environment; undefined removes a variable. */
export type CniEnv = Readonly<Record<string, string | undefined>>;

/** Returns the changes to the environment of the node: sets the CNI parameters and removes inherited CNI_ variables. */
export function cniEnvironment(
  command: Operation,
  path: readonly string[],
  attachment: Attachment | null,
  unused: UnusedStyle,
): CniEnv {
  const used: Record<string, string> = { CNI_COMMAND: command, CNI_PATH: path.join(":") };
  if (attachment !== null) {
    used.CNI_CONTAINERID = attachment.containerID;
    used.CNI_IFNAME = attachment.ifName;
    if (attachment.netns !== "") used.CNI_NETNS = attachment.netns;
    if (attachment.args?.length) used.CNI_ARGS = attachment.args.map(([key, value]) => `${key}=${value}`).join(";");
  }
  const filler = unused === "empty" ? "" : undefined;
  return {
    ...withoutCniVariables(),
    CNI_CONTAINERID: filler,
    CNI_NETNS: filler,
    CNI_IFNAME: filler,
    CNI_ARGS: filler,
    ...used,
  };
}

/**
 * Returns the environment of VERSION. It only needs CNI_COMMAND, but plugins built with the first libraries check other
 * variables before the command, so those get dummy values.
 */
export function versionEnvironment(): CniEnv {
  return {
    ...withoutCniVariables(),
    CNI_COMMAND: "VERSION",
    CNI_NETNS: "dummy",
    CNI_IFNAME: "dummy",
    CNI_PATH: "dummy",
  };
}

/** Removes the CNI_ variables that cnibench inherited. CNI_NETNS_OVERRIDE, for example, changes how plugins behave. */
export function withoutCniVariables(): CniEnv {
  const inherited = Object.keys(process.env).filter((name) => name.startsWith("CNI_"));
  return Object.fromEntries(["CNI_NETNS_OVERRIDE", ...inherited].map((name) => [name, undefined]));
}
