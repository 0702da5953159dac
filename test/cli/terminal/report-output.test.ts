import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { reportOutput } from "../../../cli/terminal/report-output.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { captureTerminal } from "../../helpers/terminal.ts";

let dir: string;
const at = (name: string): string => join(dir, name);
function store(name: string): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), "before");
  return at(name);
}
beforeEach(() => (dir = temporaryDir()));

it.each(["run.json", "results.jsonl", "raw.sha256", "SHA256SUMS", "gate.json", "raw/quick/1-1/x.stdout", "logs/new"])(
  "refuses to replace data of a run: %s",
  (name) => {
    store("run/run.json");
    mkdirSync(at("run/raw/quick/1-1"), { recursive: true });
    const message = "belongs to the data of the run in";
    expect(() => reportOutput(at(`run/${name}`), [])).toThrow(message);
    symlinkSync(at("run"), at("link"));
    expect(() => reportOutput(at(`link/${name}`), [])).toThrow(message);
  },
);

it("refuses to replace an input, also through links", () => {
  const known = store("known.yaml");
  linkSync(known, at("hard"));
  symlinkSync(known, at("soft"));
  for (const out of [known, at("hard"), at("soft")])
    expect(() => reportOutput(out, [at("missing"), known])).toThrow(`--out ${out}: is an input of this command`);
});

it("replaces reports, also in a run directory, and other files", async () => {
  const terminal = captureTerminal();
  store("run/run.json");
  for (const name of ["run/report.html", "run/confirmation/report.html", "results.jsonl"]) {
    const out = store(name);
    await reportOutput(out, [at("run")])("after");
    expect(readFileSync(out, "utf8")).toBe("after");
    expect(terminal.stderr()).toContain(`written: ${out}\n`);
  }
  await reportOutput(undefined, [])("printed");
  expect(terminal.stdout()).toBe("printed");
});

it("prints the last character alone, whose write fails if the one before it stored only a part", async () => {
  const printed: unknown[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(text) > 0);
  await reportOutput(undefined, [])("report\n");
  spy.mockRestore();
  expect(printed).toEqual(["report", "\n"]);
});

it("reports files that cannot be written", async () => {
  await expect(reportOutput(at("missing/report.html"), [])("text")).rejects.toThrow(
    /cannot be written .*; name another/,
  );
});
