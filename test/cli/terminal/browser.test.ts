import { expect, it } from "vitest";
import { browserCommands, openInBrowser } from "../../../cli/terminal/browser.ts";
import { EnvironmentError } from "../../../core/errors.ts";

const URL = "file:///r.html";

it.each([
  [{ DISPLAY: ":0" }, [["xdg-open", URL]]],
  [{ WAYLAND_DISPLAY: "wayland-0" }, [["xdg-open", URL]]],
  [{ BROWSER: "firefox" }, [["firefox", URL]]],
  [
    { DISPLAY: ":0", BROWSER: "a --new %s:b" },
    [
      ["a", "--new", URL],
      ["b", URL],
    ],
  ],
  [{ DISPLAY: ":0", BROWSER: ": " }, [["xdg-open", URL]]],
  [{ BROWSER: "x --url=%s" }, [["x", `--url=${URL}`]]],
  [{ DISPLAY: "", BROWSER: "" }, []],
  [{}, []],
])("with %j, the commands to try are %j", (env, expected) => {
  expect(browserCommands(env, URL)).toEqual(expected);
});

it("names the file and the next step without a graphical session", async () => {
  const opening = openInBrowser({ env: {} }, "/runs/r\u001b.html");
  await expect(opening).rejects.toThrow(EnvironmentError);
  await expect(opening).rejects.toThrow(/DISPLAY.*open \/runs\/r\ufffd\.html in a browser/);
});
