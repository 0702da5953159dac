import { expect, it } from "vitest";
import type { Warning } from "../../../core/warning-codes.ts";
import { keyWarnings } from "../../../reports/first-screen/key-warnings.ts";
import type { SummaryCell } from "../../../results/summary.ts";

const cell = (state: SummaryCell["state"], ...codes: Warning["code"][]): SummaryCell =>
  ({ state, warnings: codes.map((code) => ({ code, message: `message of ${code}` })) }) as unknown as SummaryCell;
const ofRun = (...codes: Warning["code"][]): Warning[] => codes.map((code) => ({ code, message: "long ".repeat(100) }));
const shown = (warnings: Warning[], cells: SummaryCell[]) => {
  const { shown: list, others } = keyWarnings({ warnings, cells });
  return { codes: list.map(({ code }) => code), others, texts: list.map(({ text }) => text.en) };
};

it("shows the three most important warnings, each once, and counts the others", () => {
  const cells = [
    cell("measured", "outlier", "busy-machine"),
    cell("measured", "outlier"),
    cell("failed"),
    cell("failed"),
  ];
  expect(shown(ofRun("same-host", "generator-limited", "unfinished"), cells)).toEqual({
    codes: ["failed", "unfinished", "busy-machine"],
    others: 3,
    texts: [
      "2 cells of 4 failed and have no value.",
      "The run did not finish: some blocks are missing.",
      "Other processes kept the machine busy in some blocks.",
    ],
  });
});

it("shortens messages of other warnings", () => {
  const { codes, texts } = shown(ofRun("torn-line"), []);
  expect(codes).toEqual(["torn-line"]);
  expect(texts[0]).toHaveLength(160);
  expect(shown([], [cell("measured")])).toEqual({ codes: [], others: 0, texts: [] });
});
