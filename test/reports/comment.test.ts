import { describe, expect, it } from "vitest";
import { collapsed, collapsedList, comment, essential, MAX_COMMENT_LENGTH } from "../../reports/comment.ts";

const rows = (count: number, length: number): string[] =>
  Array.from({ length: count }, (_, index) => `| ${String(index).padEnd(length - 5)} |\n`);

describe("comment", () => {
  it("joins parts that fit, without a note", () => {
    expect(comment([essential("runs", "## Title\n"), ...collapsedList("List", "items", ["a", "b"])])).toBe(
      "## Title\n\n<details><summary>List (2)</summary>\n\n- a\n- b\n\n</details>\n",
    );
  });

  it("shows as many whole rows as fit, and states how many are omitted", () => {
    const all = rows(1000, 100);
    const page = comment([
      essential("runs", "## Title\n"),
      ...collapsed("Values", "rows of values", all, "| head |\n| --- |\n"),
      ...collapsedList("Skipped", "skips", ["none"]),
    ]);
    const shown = page.split("\n").filter((line) => /^\| \d/.test(line));
    expect(page.length).toBeLessThanOrEqual(MAX_COMMENT_LENGTH);
    expect(shown.length).toBeGreaterThan(600);
    expect(shown).toEqual(all.slice(0, shown.length).map((row) => row.trimEnd()));
    expect(page).toContain("Values (1000)");
    expect(page).toContain("- none");
    expect(page.trimEnd().split("\n").at(-1)).toBe(
      `Omitted to fit in one comment: ${1000 - shown.length} of 1000 rows of values; the html report of \`cnibench\` ` +
        "contains everything.",
    );
  });

  it("gives space to essential parts first, wherever they are", () => {
    const page = comment([...collapsedList("List", "items", rows(900, 100)), essential("runs", "x".repeat(20_000))]);
    expect(page).toContain("x".repeat(20_000));
    expect(page).toMatch(/\d+ of 900 items/);
  });

  it("omits a row that is too long, but not those after it, and names kinds without any row", () => {
    const page = comment([
      ...collapsedList("Failures", "failures", ["x".repeat(70_000), "short"]),
      ...collapsedList("Skips", "skips", ["y".repeat(70_000)]),
    ]);
    expect(page).toContain("- short");
    expect(page).not.toContain("Skips");
    expect(page).toContain("1 of 2 failures and 1 of 1 skips");
  });

  it("leaves space for later parts next to a long list", () => {
    const page = comment([
      ...collapsedList("Failures", "failures", rows(5000, 200)),
      ...collapsedList("Values", "values", rows(20, 200)),
    ]);
    expect(page).toContain("Values (20)");
    expect(page).not.toMatch(/\d+ of 20 values/);
    expect(page.length).toBeGreaterThan(MAX_COMMENT_LENGTH - 1500);
  });
});
