/**
 * Validates names and values before a plugin runs. Each `*Problem` function returns a sentence with the problem and the
 * rule, or null.
 */
import { UsageErrors } from "../core/errors.ts";
import { quote } from "../core/validation/problems.ts";
import type { Attachment, AttachmentRef } from "./types.ts";

const IDENTIFIER = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** A Linux interface name has room for 15 bytes. */
const MAX_IFNAME = 15;
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** Checks a network name, which becomes part of file names (specification 1.1, section 1). */
export function networkNameProblem(name: string): string | null {
  return IDENTIFIER.test(name) ? null : `invalid network name ${quote(name)}: ${IDENTIFIER_RULE}`;
}

/** Checks a container ID (specification 1.1, section 2, CNI_CONTAINERID). */
export function containerIDProblem(id: string): string | null {
  return IDENTIFIER.test(id) ? null : `invalid container ID ${quote(id)}: ${IDENTIFIER_RULE}`;
}
const IDENTIFIER_RULE = "use letters, digits, underscores, dots and hyphens, starting with a letter or digit";

/** Checks that the kernel accepts an interface name. */
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
    ? `invalid interface name ${quote(name)}: use 1 to ${MAX_IFNAME} bytes without whitespace, "/" and ":"`
    : null;
}

/** Checks a plugin type, which is a file name, never a path (specification 1.1, section 1). */
export function pluginTypeProblem(type: string): string | null {
  const wrong = type === "" || type === "." || type === ".." || /[/\\]/.test(type) || CONTROL_CHARACTER.test(type);
  return wrong ? `invalid plugin type ${quote(type)}: use the file name of the plugin, without a path` : null;
}

/** Checks an argument. CNI_ARGS has no escape sequences, so its separators are not allowed. */
export function argProblem(key: string, value: string): string | null {
  if (key === "" || /[;=]/.test(key) || CONTROL_CHARACTER.test(key))
    return `invalid argument key ${quote(key)}: use a word without ";" and "="`;
  if (value.includes(";") || CONTROL_CHARACTER.test(value))
    return `invalid value of argument ${quote(key)}: use a string without ";"`;
  return null;
}

/** @throws UsageErrors with all problems of the reference */
export function checkRef(ref: AttachmentRef): void {
  throwIfAny([containerIDProblem(ref.containerID), ifNameProblem(ref.ifName)]);
}

/** @throws UsageErrors with all problems of the attachment */
export function checkAttachment(attachment: Attachment): void {
  throwIfAny([
    containerIDProblem(attachment.containerID),
    ifNameProblem(attachment.ifName),
    CONTROL_CHARACTER.test(attachment.netns)
      ? `invalid network namespace ${quote(attachment.netns)}: use a path without control characters`
      : null,
    ...(attachment.args ?? []).map(([key, value]) => argProblem(key, value)),
  ]);
}

function throwIfAny(found: readonly (string | null)[]): void {
  const problems = found.filter((problem) => problem !== null);
  if (problems.length > 0) throw new UsageErrors(problems);
}
