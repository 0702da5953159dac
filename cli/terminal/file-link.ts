/** Formats the path of a file so that it can be clicked on a terminal. */
import { pathToFileURL } from "node:url";
import { printableLine } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { isInteractive, supportsHyperlinks } from "./capabilities.ts";

/**
 * Returns the path as a hyperlink (OSC 8) on a terminal that supports it, as a URL on any other terminal, many of which
 * recognize URLs, and unchanged elsewhere.
 * @param stream the stream to print to
 */
export function fileLink(
  { env, hostname }: Pick<Host, "env" | "hostname">,
  stream: { readonly isTTY?: boolean },
  file: string,
): string {
  if (!isInteractive(stream, { env })) return printableLine(file);
  const url = pathToFileURL(file);
  if (!supportsHyperlinks(env)) return url.href;
  // Without the name of the other machine, the terminal would look for the file on its own. Locally the name is
  // omitted, because xdg-open does not open URLs with one.
  if (env.SSH_CONNECTION) url.hostname = hostname;
  return `\u001b]8;;${url.href}\u001b\\${printableLine(file)}\u001b]8;;\u001b\\`;
}
