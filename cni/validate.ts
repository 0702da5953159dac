/**
 * What names and values may look like, checked before any plugin runs. Every function returns a sentence that says what
 * is wrong and what is allowed, or null.
 */
import { UsageErrors, printable } from "../core/errors.ts";
import type { Attachment, AttachmentRef } from "./types.ts";

const IDENTIFIER = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** A Linux interface name has room for 15 bytes. */
const MAX_IFNAME = 15;
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Specification 1.1, section 1: it becomes part of file names. */
export function badNetworkName(name: string): string | null {
  return IDENTIFIER.test(name) ? null : `network name ${shown(name)} is not allowed: ${IDENTIFIER_RULE}`;
}

/** Specification 1.1, section 2, CNI_CONTAINERID. */
export function badContainerID(id: string): string | null {
  return IDENTIFIER.test(id) ? null : `container id ${shown(id)} is not allowed: ${IDENTIFIER_RULE}`;
}
const IDENTIFIER_RULE = "begin with a letter or digit, then letters, digits, underscores, dots and hyphens";

/** What the kernel accepts as the name of an interface. */
export function badIfName(name: string): string | null {
  const length = Buffer.byteLength(name);
  const wrong =
    length < 1 || length > MAX_IFNAME || name === "." || name === ".." || /[\s/:]/u.test(name) || CONTROL.test(name);
  return wrong
    ? `interface name ${shown(name)} is not allowed: use 1 to ${MAX_IFNAME} bytes without blanks, "/" and ":"`
    : null;
}

/** Specification 1.1, section 1: a file name, never a path. */
export function badPluginType(type: string): string | null {
  const wrong = type === "" || type === "." || type === ".." || /[/\\]/.test(type) || CONTROL.test(type);
  return wrong ? `plugin type ${shown(type)} is not allowed: give the file name of the plugin, without a path` : null;
}

/** CNI_ARGS has no escapes, so its own separators cannot be carried. */
export function badArg(key: string, value: string): string | null {
  if (key === "" || /[;=]/.test(key) || CONTROL.test(key))
    return `argument key ${shown(key)} is not allowed: use a word without ";" and "="`;
  if (value.includes(";") || CONTROL.test(value))
    return `the value of argument ${shown(key)} is not allowed: use a text without ";"`;
  return null;
}

/** @throws UsageErrors naming everything that is wrong. */
export function checkRef(ref: AttachmentRef): void {
  refuse([badContainerID(ref.containerID), badIfName(ref.ifName)]);
}

/** @throws UsageErrors naming everything that is wrong. */
export function checkAttachment(attachment: Attachment): void {
  refuse([
    badContainerID(attachment.containerID),
    badIfName(attachment.ifName),
    CONTROL.test(attachment.netns)
      ? `network namespace ${shown(attachment.netns)} is not allowed: give a path without control characters`
      : null,
    ...(attachment.args ?? []).map(([key, value]) => badArg(key, value)),
  ]);
}

function refuse(found: readonly (string | null)[]): void {
  const problems = found.filter((problem) => problem !== null);
  if (problems.length > 0) throw new UsageErrors(problems);
}

function shown(text: string): string {
  return `"${printable(text).replace(/\s/g, " ").slice(0, 60)}"`;
}
