import { expect, it } from "vitest";
import { fileLink } from "../../../cli/terminal/file-link.ts";

const TERMINAL = { isTTY: true };
const LINKING = { TERM: "xterm-kitty" };

function link(env: Readonly<Record<string, string>>, file: string, stream: { isTTY?: boolean } = TERMINAL): string {
  return fileLink({ env, hostname: "box" }, stream, file);
}

it("is the path off a terminal and in CI", () => {
  expect(link(LINKING, "/runs/a b/report.html", {})).toBe("/runs/a b/report.html");
  expect(link({ ...LINKING, CI: "1" }, "/runs/a b/report.html")).toBe("/runs/a b/report.html");
});

it("is a URL on a terminal that may not support hyperlinks", () => {
  expect(link({ TERM: "xterm" }, "/runs/a b/50 %#1?/é.html")).toBe("file:///runs/a%20b/50%20%25%231%3F/%C3%A9.html");
});

it("is a hyperlink on a terminal that supports them", () => {
  expect(link(LINKING, "/runs/a b/r.html")).toBe(
    "\u001b]8;;file:///runs/a%20b/r.html\u001b\\/runs/a b/r.html\u001b]8;;\u001b\\",
  );
});

it("names the machine in the link over SSH, so that the terminal does not search its own files", () => {
  expect(link({ ...LINKING, SSH_CONNECTION: "10.0.0.1 5 10.0.0.2 22" }, "/r.html")).toContain(
    ";;file://box/r.html\u001b",
  );
});

it.each([{ TERM: "xterm" }, LINKING])("contains no escape sequence or line break of a hostile path: %j", (env) => {
  const hostile = "/a\u001b[2J\u001b]8;;http://evil\u0007\nb\u009b.html";
  const own = /\u001b\]8;;(file:[!-~]*)?\u001b\\/g;
  const rest = link(env, hostile).replace(own, "");
  expect(rest).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
