/** Opens files with scripts in place of a browser. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openInBrowser } from "../../../cli/terminal/browser.ts";
import { waitUntil } from "../../../core/wait.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

/** Writes a program. @returns its path */
function program(dir: string, name: string, script: string): string {
  const file = join(dir, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const { PATH } = process.env;

it("passes the URL to the first command that works", async () => {
  const dir = temporaryDir();
  const fails = program(dir, "fails", "exit 3");
  const works = program(dir, "works", `echo "$@" > ${dir}/opened`);
  await openInBrowser({ env: { PATH, BROWSER: `${dir}/missing:${fails}:${works} --new %s` } }, "/runs/a b.html");
  expect(readFileSync(join(dir, "opened"), "utf8")).toBe("--new file:///runs/a%20b.html\n");
});

it("runs xdg-open in a graphical session", async () => {
  const dir = temporaryDir();
  program(dir, "xdg-open", `echo "$@" > ${dir}/opened`);
  await openInBrowser({ env: { PATH: `${dir}:${PATH}`, DISPLAY: ":99" } }, "/r.html");
  expect(readFileSync(join(dir, "opened"), "utf8")).toBe("file:///r.html\n");
});

it("reports why each command failed", async () => {
  const dir = temporaryDir();
  const fails = program(dir, "fails", "exit 3");
  const opening = openInBrowser({ env: { PATH, BROWSER: `${dir}/missing:${fails}` } }, "/r.html");
  await expect(opening).rejects.toThrow(
    new RegExp(`${dir}/missing could not start: .*, ${fails} failed with exit code 3; open /r.html in a browser`),
  );
});

it("leaves a browser running that stays in the foreground", async () => {
  const dir = temporaryDir();
  const stays = program(dir, "stays", `while ! [ -e ${dir}/close ]; do sleep 0.05; done; touch ${dir}/closed`);
  await openInBrowser({ env: { PATH, BROWSER: stays } }, "/r.html");
  expect(existsSync(join(dir, "closed"))).toBe(false);
  writeFileSync(join(dir, "close"), "");
  await waitUntil("the browser did not end", () => existsSync(join(dir, "closed")), { timeout: 5, every: 0.02 });
});
