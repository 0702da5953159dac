/** Rewrites the errors of commander in the style of the other errors. */
import { printable } from "../core/errors.ts";

/**
 * Turns `error: option '--blocks <n>' argument 'x' is invalid. MESSAGE` into `cnibench: --blocks x: MESSAGE`. The value
 * is omitted if MESSAGE quotes it. Other errors get only the prefix.
 */
export function formatCommanderError(error: string): string {
  const text = printable(error);
  const invalid = /^error: option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*)$/s.exec(text);
  if (invalid === null) return text.replace(/^error: /, "cnibench: ");
  const [, option = "", value = "", rest = ""] = invalid;
  const message = rest.replace(
    /^Allowed choices are (.*)\.$/m,
    (_, choices: string) => `unknown value "${value}"; expected ${choices}`,
  );
  return `cnibench: ${option}${message.includes('"') ? "" : ` ${value}`}: ${message}`;
}
