/** Opens a file in the browser of the user. */
import { pathToFileURL } from "node:url";
import { EnvironmentError, printableLine } from "../../core/errors.ts";
import type { EnvironmentVariables, Host } from "../../core/host.ts";
import { startDetached } from "../../core/local.ts";
import { quoteArgv } from "../../core/text.ts";

/** Seconds to wait for a failure. A browser that was not running stays in the foreground until it is closed. */
const START_S = 2;

/**
 * Opens a file in a browser that may outlive cnibench.
 * @throws EnvironmentError with the path without a graphical session, or if all browsers fail
 */
export async function openInBrowser(host: Pick<Host, "env">, file: string): Promise<void> {
  const commands = browserCommands(host.env, pathToFileURL(file).href);
  const failures: string[] = [];
  for (const command of commands) {
    const failure = await startDetached(command, host, START_S);
    if (failure === null) return;
    failures.push(printableLine(`${quoteArgv(command.slice(0, 1))} ${failure}`));
  }
  const reason =
    commands.length === 0
      ? "no graphical session (DISPLAY, WAYLAND_DISPLAY and BROWSER are unset)"
      : failures.join(", ");
  throw new EnvironmentError(
    `--open: ${reason}; open ${printableLine(file)} in a browser, or set BROWSER to a command`,
  );
}

/**
 * Returns the commands to try, in order: those of BROWSER, separated by colons, in which `%s` is the URL, or xdg-open.
 * Without a graphical session, xdg-open would start a text browser, which cannot show the report.
 */
export function browserCommands({ BROWSER, DISPLAY, WAYLAND_DISPLAY }: EnvironmentVariables, url: string): string[][] {
  const commands = (BROWSER ?? "").split(":").map((command) => command.split(/\s+/).filter((word) => word !== ""));
  const given = commands.filter((words) => words.length > 0);
  if (given.length === 0) return DISPLAY || WAYLAND_DISPLAY ? [["xdg-open", url]] : [];
  return given.map((words) =>
    words.some((word) => word.includes("%s")) ? words.map((word) => word.replaceAll("%s", url)) : [...words, url],
  );
}
