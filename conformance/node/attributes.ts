/**
 * Link attributes and kernel settings of a container that plugins change; each can be read and restored on its own.
 */
import { valueAt, numberAt, stringAt, tryParse } from "../../core/untrusted-json.ts";
import { succeeded, CommandError, type Output } from "../../core/shell.ts";
import { inspect } from "./recorder.ts";
import { keepingNeighbors } from "./tamper.ts";
import type { TestAttachment } from "../clauses/attachment.ts";

/**
 * Values of `mac`, `mtu`, `promisc`, `allmulti`, and of kernel settings by path, such as
 * `/proc/sys/net/core/somaxconn`.
 */
export type Attributes = ReadonlyMap<string, string>;

const SYSCTL_DIR = "/proc/sys/net/";
/** Settings that change on their own, or with an attribute of the link. */
const DERIVED_SETTINGS = /nf_conntrack_count|ipv6\/conf\/[^/]+\/mtu$/;

const READ_SCRIPT = `ip -j link show dev "$1"; echo; grep -rs "" ${SYSCTL_DIR}; true`;

/** Reads the interface and its namespace; only the settings if the interface does not exist. */
export async function readAttributes({ container, ifName }: TestAttachment): Promise<Attributes> {
  const [first = "", ...rest] = (await inspect(container.shell, READ_SCRIPT, ifName)).split("\n");
  return new Map([...linkAttributes(valueAt(tryParse(first), "0")), ...parseSettings(rest)]);
}

/** Parses lines of `PATH:VALUE`. Other lines, and settings that change on their own, are omitted. */
export function parseSettings(lines: readonly string[]): readonly [path: string, value: string][] {
  return lines.flatMap((line): [string, string][] => {
    const [path = "", ...value] = line.split(":");
    return path.startsWith(SYSCTL_DIR) && !DERIVED_SETTINGS.test(path) ? [[path, value.join(":")]] : [];
  });
}

function linkAttributes(link: unknown): [string, string][] {
  const flags = valueAt(link, "flags");
  if (!Array.isArray(flags)) return [];
  return [
    ["mac", stringAt(link, "address") ?? ""],
    ["mtu", String(numberAt(link, "mtu") ?? "")],
    ["promisc", flags.includes("PROMISC") ? "on" : "off"],
    ["allmulti", flags.includes("ALLMULTI") ? "on" : "off"],
  ];
}

/**
 * Names of attributes that differ. Attributes in only one of the maps belong to a link that was created or deleted.
 */
export function changedAttributes(before: Attributes, after: Attributes): string[] {
  return [...after].filter(([name, value]) => before.has(name) && before.get(name) !== value).map(([name]) => name);
}

/**
 * Changes only this attribute: what the kernel removes with it is restored.
 * @returns false when the kernel does not allow the change: an ipvlan link, for example, has the MAC of its master
 * @throws CommandError
 */
export async function setAttribute(
  { container, ifName }: TestAttachment,
  name: string,
  value: string,
): Promise<boolean> {
  const link = ["ip", "link", "set", "dev", ifName, name === "mac" ? "address" : name, value];
  const write = ["sh", "-ec", `printf '%s\\n' "$2" >"$1"`, "sh", name, value];
  const change = async (): Promise<Output> => container.shell.exec(name.startsWith(SYSCTL_DIR) ? write : link);
  const output = await (name === "mac" ? keepingNeighbors(container.shell, change) : change());
  if (!succeeded(output) && !/Operation not supported/.test(output.stderr)) throw new CommandError(output);
  return succeeded(output);
}
