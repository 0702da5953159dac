/** What a terminal supports, from the environment variables that identify it. */
import type { EnvironmentVariables, Host } from "../../core/host.ts";

/** Values of TERM_PROGRAM of terminals whose supported versions all know hyperlinks. */
const LINKING_PROGRAMS = ["iTerm.app", "WezTerm", "vscode", "ghostty", "zed", "WarpTerminal"];
/** Values of TERM of such terminals. */
const LINKING_TERMINALS = /^(xterm-kitty|xterm-ghostty|alacritty|contour|foot)(-|$)/;

/** Reports whether a person reads the stream, on a terminal that can move its cursor. */
export function isInteractive(stream: { readonly isTTY?: boolean }, { env }: Pick<Host, "env">): boolean {
  return stream.isTTY === true && !env.CI && env.TERM !== "dumb";
}

/**
 * Reports whether a terminal is known to support hyperlinks (OSC 8). FORCE_HYPERLINK overrides it, as it does in other
 * programs.
 * https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
 */
export function supportsHyperlinks(env: EnvironmentVariables): boolean {
  const { FORCE_HYPERLINK, TERM = "", TERM_PROGRAM = "", VTE_VERSION, KONSOLE_VERSION, WT_SESSION, DOMTERM } = env;
  if (FORCE_HYPERLINK) return FORCE_HYPERLINK !== "0";
  if (WT_SESSION || DOMTERM || LINKING_PROGRAMS.includes(TERM_PROGRAM) || LINKING_TERMINALS.test(TERM)) return true;
  // VTE 0.50.0 crashed; Konsole since 20.12.
  return Number(VTE_VERSION) > 5000 || Number(KONSOLE_VERSION) >= 201200;
}
