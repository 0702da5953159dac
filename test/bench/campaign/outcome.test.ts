import { expect, it } from "vitest";
import type { EqualFigures, SlowedFigures } from "../../../bench/campaign/figures.ts";
import { outcomeOf, toMarkdown } from "../../../bench/campaign/outcome.ts";

const ADD_TIME = "quick/pods/same-node/add-time";

function equalRuns(runs: number, errors: number): EqualFigures {
  const verdicts = { equal: runs - errors, undecided: 0, better: 0, worse: errors };
  return {
    ...{ runs, headlines: [{ question: ADD_TIME, verdicts, ratios: Array<number>(runs).fill(1) }] },
    tally: runs === 0 ? {} : { headlineError: { reports: runs, sum: errors, squares: errors } },
  };
}

function sleeping(found: number, isMissed: boolean): SlowedFigures {
  const verdicts = { equal: 0, undecided: 2 - found, better: 0, worse: found };
  const headlines = [{ question: ADD_TIME, verdicts, ratios: [1.4, 1.6] }];
  return { copy: "sleep", change: "sleep", target: "pods/same-node/add-time", runs: 2, headlines, isMissed };
}

it("accepts up to two standard errors beyond 5 % of the runs", () => {
  expect(outcomeOf(equalRuns(20, 4), []).isMet).toBe(true);
  expect(outcomeOf(equalRuns(20, 5), []).isMet).toBe(false);
  expect(outcomeOf(equalRuns(0, 0), []).isMet).toBe(true);
});

it("requires the copies that must be found", () => {
  expect(outcomeOf(equalRuns(2, 0), [sleeping(1, false)]).isMet).toBe(true);
  const missed = outcomeOf(equalRuns(2, 0), [sleeping(0, true)]);
  expect(missed.isMet).toBe(false);
  expect(toMarkdown(missed)).toContain("NOT FOUND");
});

it("prints the verdicts of each headline, and omits copies that were not measured", () => {
  const text = toMarkdown(outcomeOf(equalRuns(20, 1), [sleeping(2, false), { ...sleeping(0, false), runs: 0 }]));
  expect(text).toMatch(/\| equal plugins \| .* \| 20 \| 5\.0 % ± /);
  expect(text).toContain(`| ${ADD_TIME} | 20 | 19 | 0 | 0 | 1 | 1.000 (1.000 to 1.000) |`);
  expect(text.match(/\| sleep \|.*/g)).toEqual([
    `| sleep | ${ADD_TIME} (target) | 2 | 0 | 0 | 0 | 2 | 1.500 (1.400 to 1.600) |`,
  ]);
});
