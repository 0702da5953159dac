/** `report` renders stored runs, to the terminal or to a file. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { reportCommand } from "../../../cli/commands/report.ts";
import { EXIT } from "../../../cli/exit-code.ts";
import { EnvironmentError, UsageError } from "../../../core/errors.ts";
import { verifyPage } from "../../../engine/verify/verify-page.ts";
import { createRun } from "../../../results/store.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { sampleRun } from "../../helpers/sample-run.ts";
import { captureTerminal, type Terminal } from "../../helpers/terminal.ts";

let terminal: Terminal;
beforeEach(() => (terminal = captureTerminal()));

/** Stores the sample run with this ID, or a run without results. @returns its directory */
async function storeRun(id = "first", measured = true): Promise<string> {
  const dir = join(temporaryDir(), "run");
  const { run, records } = sampleRun({ blocks: 2 });
  const warnings = [{ code: "environment-changed", message: "/home/bob/x.conflist differs" }] as const;
  const store = await createRun(dir, { ...run, id, warnings });
  if (measured) store.append(...records);
  return dir;
}

it("prints a report to standard output only", async () => {
  expect(await reportCommand(fakeHost(), [await storeRun()], { format: "json" })).toBe(EXIT.success);
  expect(JSON.parse(terminal.stdout())).toMatchObject({ run: { id: "first" } });
  expect(terminal.stderr()).toBe("");
});

it("combines several runs in the order of the command line", async () => {
  await reportCommand(fakeHost(), [await storeRun("b"), await storeRun("a")], { format: "csv" });
  const [header = "", ...lines] = terminal.stdout().trimEnd().split("\n");
  const column = header.split(",").indexOf("run");
  expect([...new Set(lines.map((line) => line.split(",")[column]))]).toEqual(["b", "a"]);
});

it("writes a report to a file", async () => {
  const out = join(temporaryDir(), "report.md");
  expect(await reportCommand(fakeHost(), [await storeRun()], { format: "md", out })).toBe(EXIT.success);
  expect(readFileSync(out, "utf8")).toContain("bridge");
  expect(terminal.stdout()).toBe("");
  expect(terminal.stderr()).toBe(`written: ${out}\n`);
});

it("renders a page in the language of --lang", async () => {
  await reportCommand(fakeHost(), [await storeRun("empty", false)], { format: "html", lang: "zh" });
  expect(terminal.stdout()).toContain('<html lang="zh">');
});

it("redacts on request, without a change of the stored run", async () => {
  const dir = await storeRun();
  await reportCommand(fakeHost(), [dir], { format: "json", redact: true });
  expect(terminal.stdout()).toContain("~/x.conflist");
  expect(terminal.stdout()).not.toContain("/home/bob");
  expect(readFileSync(join(dir, "run.json"), "utf8")).toContain("/home/bob/x.conflist");
});

it("prints nothing if one of the directories contains no run", async () => {
  const out = join(temporaryDir(), "report.html");
  const missing = temporaryDir();
  await expect(reportCommand(fakeHost(), [await storeRun(), missing], { format: "html", out })).rejects.toThrow(
    UsageError,
  );
  expect([terminal.stdout(), existsSync(out)]).toEqual(["", false]);
});

it("renders the runs that can be read, names the others, and fails", async () => {
  const [out, newer] = [join(temporaryDir(), "report.html"), await storeRun("newer")];
  const file = join(newer, "run.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"schemaVersion": 1', '"schemaVersion": 9'));
  const command = reportCommand(fakeHost(), [await storeRun("empty", false), newer], { format: "html", out });
  await expect(command).rejects.toThrow(UsageError);
  await expect(command).rejects.toThrow(/run\.json has schema version 9/);
  const page = readFileSync(out, "utf8");
  expect(page).toContain("A run is missing in this report:");
  expect(page).toMatch(/<li><bdi>[^<]*run\.json has schema version 9, supported is 1/);
  expect((await verifyPage(out, [])).checked).toHaveLength(1);
});

it("reports the problems of all runs if none can be read", async () => {
  const dirs = [temporaryDir(), temporaryDir()];
  await expect(reportCommand(fakeHost(), dirs, { format: "json" })).rejects.toThrow(
    new RegExp(`${dirs[0]} .*\n${dirs[1]} `),
  );
});

it("names a file that cannot be written", async () => {
  const out = join(temporaryDir(), "missing", "report.json");
  await expect(reportCommand(fakeHost(), [await storeRun()], { format: "json", out })).rejects.toThrow(
    `--out ${out}: cannot be written`,
  );
});

it("draws one view of a run", async () => {
  await reportCommand(fakeHost(), [await storeRun()], { format: "svg", view: "v-tcp-1-throughput" });
  expect(terminal.stdout()).toMatch(/^<svg [^>]*><title>Throughput<\/title>/);
  expect(terminal.stdout()).not.toContain("var(--");
});

it("lists the views of the run if there is none with this id", async () => {
  const command = reportCommand(fakeHost(), [await storeRun()], { format: "svg", view: "v-unknown" });
  await expect(command).rejects.toThrow(UsageError);
  await expect(command).rejects.toThrow("v-tcp-1-throughput, v-tcp-1-throughput-ratio");
});

it.each([
  { format: "svg" as const },
  { format: "html" as const, view: "v-tcp-1-throughput" },
  { format: "svg" as const, view: "v-tcp-1-throughput", twice: true },
])("refuses formats without a view, and views in other formats or of several runs: %j", async ({ twice, ...flags }) => {
  const dir = await storeRun();
  await expect(reportCommand(fakeHost(), twice === true ? [dir, dir] : [dir], flags)).rejects.toThrow(UsageError);
});

describe("--open", () => {
  it("writes report.html of the run, and names it without a graphical session", async () => {
    const dir = await storeRun("empty", false);
    const command = reportCommand(fakeHost(), [dir], { format: "html", open: true });
    await expect(command).rejects.toThrow(EnvironmentError);
    await expect(command).rejects.toThrow(`open ${dir}/report.html in a browser`);
    expect(readFileSync(join(dir, "report.html"), "utf8")).toContain("<html");
    expect(terminal.stdout()).toBe("");
  });

  it("opens the file of --out, also of several runs", async () => {
    const out = join(temporaryDir(), "all.html");
    const command = reportCommand(fakeHost(), [await storeRun("a", false), await storeRun("b", false)], {
      ...{ format: "html", open: true, out },
    });
    await expect(command).rejects.toThrow(`open ${out} in a browser`);
    expect(existsSync(out)).toBe(true);
  });

  it.each([
    { flags: { format: "md" as const }, runs: 1, named: "--format md" },
    { flags: { format: "html" as const }, runs: 2, named: "--out FILE" },
  ])("refuses $named, and writes nothing", async ({ flags, runs, named }) => {
    const dir = await storeRun("empty", false);
    const command = reportCommand(fakeHost(), Array<string>(runs).fill(dir), { ...flags, open: true });
    await expect(command).rejects.toThrow(UsageError);
    await expect(command).rejects.toThrow(named);
    expect(existsSync(join(dir, "report.html"))).toBe(false);
  });
});
