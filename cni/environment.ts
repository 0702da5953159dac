/** The environment of one plugin execution (specification 1.1, section 2, parameters). */
import type { Attachment, Operation } from "./types.ts";

/** Parameters that an operation does not use: `empty` as libcni does, or `unset` as other runtimes do. Plugins meet both. */
export type UnusedStyle = "empty" | "unset";

export type CniEnv = Readonly<Record<string, string | undefined>>;

/** Changes to the environment of the node: exactly the CNI parameters, every inherited CNI_ variable removed. */
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
 * VERSION needs CNI_COMMAND alone, but plugins built on the first libraries check the other variables before the
 * command, so they are given a word each.
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

/** Removes what cnibench itself inherited: CNI_NETNS_OVERRIDE and its like change what plugins do. */
export function withoutCniVariables(): CniEnv {
  const inherited = Object.keys(process.env).filter((name) => name.startsWith("CNI_"));
  return Object.fromEntries(["CNI_NETNS_OVERRIDE", ...inherited].map((name) => [name, undefined]));
}
