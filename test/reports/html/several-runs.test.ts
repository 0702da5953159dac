/** The first screen of a page of several runs, as text. */
import { describe, expect, it } from "vitest";
import { screenQuestions } from "../../../reports/first-screen/screen-questions.ts";
import { missingNote, severalRuns } from "../../../reports/html/several-runs/index.ts";
import { figuresOf } from "../../../reports/questions.ts";
import type { ReportInput } from "../../../reports/report.ts";
import { runName } from "../../../reports/several-runs.ts";
import { comparedRun, type RunOptions } from "../../helpers/compared-run.ts";
import { shownTexts } from "../../helpers/page-text.ts";
import { inputOf } from "../../helpers/sample-run.ts";

const input = (id: string, options: Partial<RunOptions> = {}): ReportInput => inputOf(comparedRun({ id, ...options }));

function markup(...inputs: ReportInput[]): string {
  const runs = inputs.map((each, index) => {
    const figures = figuresOf(each.summary);
    const [questions, name] = [screenQuestions(each.run, figures), runName(index)];
    return { input: each, figures, questions, name, prefix: `run-${index + 1}-` };
  });
  return severalRuns(runs).in("en");
}

/** Returns the visible text of each row. */
const rowsOf = (page: string): string[] =>
  [...page.matchAll(/<tr.*?<\/tr>/gs)].map(([row]) => shownTexts(row, "en", { unchosenOnly: true }).join(" "));

describe("the first screen of several runs", () => {
  it("lists the facts by run, those that prevent a comparison first", () => {
    const rows = rowsOf(
      markup(
        input("a"),
        input("b", { environment: ({ cluster }) => ({ kernel: "6.6.0", cluster: { ...cluster, underlayMtu: 9000 } }) }),
      ),
    );
    expect(rows.slice(0, 7)).toEqual([
      "Fact Run 1 a Run 2 b",
      "Facts that prevent a comparison",
      "Underlay MTU (B) 1500 9000",
      "Other facts that differ",
      "Kernel 6.1.0-18-amd64 6.6.0",
      "Runs",
      "Started 2026-03-01 12:00 UTC 2026-03-01 12:00 UTC",
    ]);
  });

  it("shows the plugins of all runs, in each run with a reference of its own", () => {
    const page = markup(input("a"), input("b", { plugins: ["p", "q"] }));
    const rows = rowsOf(page);
    expect(rows.find((row) => row.startsWith("Plugin"))).toBe("Plugin Run 1 Run 2");
    const [bridge = "", p = "", q = ""] = rows.slice(-3);
    expect(bridge).toMatch(/^bridge .*not in this run$/);
    expect(q).toMatch(/^q not in this run /);
    expect(p).not.toContain("not in this run");
    for (const run of [1, 2]) expect(page).toContain(`href="#run-${run}-overview"`);
  });

  it("names the columns of each run that a filter can hide, where a cell spans all of them", () => {
    const page = markup(input("a"), input("b", { plugins: ["p", "q"] }));
    const columns = [...page.matchAll(/<th\s+scope="col"\s+data-column="([^"]*)"/g)].map(([, id = ""]) => id);
    for (const run of [1, 2]) {
      const own = columns.filter((id) => id.startsWith(`run-${run}-`)).join(" ");
      expect(own).toContain(`run-${run}-h-tcp-1-throughput-cross-node`);
      // The colgroup, the title of the run, and the cell of the plugin that the run does not have.
      expect(page.split(`data-columns="${own}"`)).toHaveLength(4);
    }
  });

  it("offers the references of all runs, and names the runs that do not have the chosen one", () => {
    const page = markup(input("a"), input("b", { plugins: ["p", "q"] }));
    const refs = [...page.matchAll(/data-ref="([^"]*)"/g)].map(([, ref]) => ref);
    expect([...new Set(refs)]).toEqual(["best", "host", "bridge", "p", "q"]);
    const [first = "", second = ""] = [...page.matchAll(/<th\s+scope="colgroup".*?<\/th>/gs)].map(([head]) => head);
    const note = (head: string, ref: string): string =>
      new RegExp(`data-ref="${ref}"[^>]*>(.*?)(?=<span data-ref=|$)`, "s").exec(head)?.[1] ?? "";
    expect(shownTexts(note(first, "q"), "en").join(" ")).toBe("not compared with q , but with the best median");
    expect(note(second, "bridge")).toContain("not compared with <bdi>bridge</bdi>");
    for (const own of [note(first, "bridge"), note(second, "q"), note(second, "host")])
      expect(own).not.toContain("not compared");
  });

  it("folds facts of which there are many", () => {
    const tools = (version: string) => Object.fromEntries([..."abcdefgh"].map((name) => [name, version]));
    const page = markup(
      input("a", { environment: () => ({ tools: tools("1") }) }),
      input("b", { environment: () => ({ tools: tools("2") }) }),
    );
    expect(page).toContain("3 more facts that differ");
    expect(rowsOf(page).filter((row) => row.startsWith("Version of"))).toHaveLength(8);
  });

  it("says that a run has no question", () => {
    const { run, ...rest } = input("b");
    const empty = { ...rest, run, summary: { ...rest.summary, cells: [], comparisons: [], conformance: [] } };
    expect(rowsOf(markup(input("a"), empty)).join("\n")).toContain("no question measured");
  });

  it("has only the rows of runs that have a plugin, or no table of plugins", () => {
    const none = input("n", { plugins: [] });
    expect(markup(none, none)).not.toContain("heat");
    expect(shownTexts(markup(none, none), "en").join(" ")).toContain("Run 1 and Run 2 are the same run.");
  });
});

it("lists runs that could not be read", () => {
  expect(missingNote([])).toBeNull();
  const text = shownTexts(missingNote(["c/run.json has schema version 9", "<d>"])?.in("en") ?? "", "en").join(" ");
  expect(text).toBe("2 runs are missing in this report: c/run.json has schema version 9 <d>");
});
