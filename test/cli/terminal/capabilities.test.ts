import { expect, it } from "vitest";
import { isInteractive, supportsHyperlinks } from "../../../cli/terminal/capabilities.ts";

it.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: true }, { CI: "true" }, false],
  [{ isTTY: true }, { TERM: "dumb" }, false],
  [{ isTTY: false }, {}, false],
  [{}, {}, false],
])("a stream %j with the environment %j is interactive: %s", (stream, env, expected) => {
  expect(isInteractive(stream, { env })).toBe(expected);
});

it.each([
  [{ VTE_VERSION: "7600" }, true],
  [{ VTE_VERSION: "5000" }, false],
  [{ KONSOLE_VERSION: "230805" }, true],
  [{ KONSOLE_VERSION: "200800" }, false],
  [{ TERM_PROGRAM: "vscode", TERM: "xterm-256color" }, true],
  [{ TERM_PROGRAM: "Apple_Terminal", TERM: "xterm-256color" }, false],
  [{ TERM: "xterm-kitty" }, true],
  [{ TERM: "foot" }, true],
  [{ TERM: "foot-direct" }, true],
  [{ TERM: "football" }, false],
  [{ TERM: "linux" }, false],
  [{ TERM: "linux", FORCE_HYPERLINK: "1" }, true],
  [{ TERM: "xterm-kitty", FORCE_HYPERLINK: "0" }, false],
  [{}, false],
])("hyperlinks on a terminal with %j: %s", (env, expected) => {
  expect(supportsHyperlinks(env)).toBe(expected);
});
