/**
 * What names and values may look like, checked before any plugin runs. Every function returns a sentence that says what
 * is wrong and what is allowed, or null.
 */
import { UsageErrors, printable } from "../core/errors.ts";
import type { Attachment, AttachmentRef } from "./types.ts";

const IDENTIFIER = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** A Linux interface name has room for 15 bytes. */
const MAX_IFNAME = 15;
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** Specification 1.1, section 1: it becomes part of file names. */
export function networkNameProblem(name: string): string | null {
  return IDENTIFIER.test(name) ? null : `network name ${quoted(name)} is not allowed: ${IDENTIFIER_RULE}`;
}

/** Specification 1.1, section 2, CNI_CONTAINERID. */
export function containerIDProblem(id: string): string | null {
  return IDENTIFIER.test(id) ? null : `container id ${quoted(id)} is not allowed: ${IDENTIFIER_RULE}`;
}
const IDENTIFIER_RULE = "begin with a letter or digit, then letters, digits, underscores, dots and hyphens";

/** What the kernel accepts as the name of an interface. */
export function ifNameProblem(name: string): string | null {
  const length = Buffer.byteLength(name);
  const wrong =
    length < 1 ||
    length > MAX_IFNAME ||
    name === "." ||
    name === ".." ||
    /[\s/:]/u.test(name) ||
    CONTROL_CHARACTER.test(name);
  return wrong
    ? `interface name ${quoted(name)} is not allowed: use 1 to ${MAX_IFNAME} bytes without blanks, "/" and ":"`
    : null;
}

/** Specification 1.1, section 1: a file name, never a path. */
export function pluginTypeProblem(type: string): string | null {
  const wrong = type === "" || type === "." || type === ".." || /[/\\]/.test(type) || CONTROL_CHARACTER.test(type);
  return wrong ? `plugin type ${quoted(type)} is not allowed: give the file name of the plugin, without a path` : null;
}

/** CNI_ARGS has no escapes, so its own separators cannot be carried. */
export function argProblem(key: string, value: string): string | null {
  if (key === "" || /[;=]/.test(key) || CONTROL_CHARACTER.test(key))
    return `argument key ${quoted(key)} is not allowed: use a word without ";" and "="`;
  if (value.includes(";") || CONTROL_CHARACTER.test(value))
    return `the value of argument ${quoted(key)} is not allowed: use a text without ";"`;
  return null;
}

/** @throws UsageErrors naming everything that is wrong. */
export function checkRef(ref: AttachmentRef): void {
  throwIfAny([containerIDProblem(ref.containerID), ifNameProblem(ref.ifName)]);
}

/** @throws UsageErrors naming everything that is wrong. */
export function checkAttachment(attachment: Attachment): void {
  throwIfAny([
    containerIDProblem(attachment.containerID),
    ifNameProblem(attachment.ifName),
    CONTROL_CHARACTER.test(attachment.netns)
      ? `network namespace ${quoted(attachment.netns)} is not allowed: give a path without control characters`
      : null,
    ...(attachment.args ?? []).map(([key, value]) => argProblem(key, value)),
  ]);
}

function throwIfAny(found: readonly (string | null)[]): void {
  const problems = found.filter((problem) => problem !== null);
  if (problems.length > 0) throw new UsageErrors(problems);
}

function quoted(text: string): string {
  return `"${printable(text).replace(/\s/g, " ").slice(0, 60)}"`;
}
