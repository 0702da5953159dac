import { describe, expect, it } from "vitest";
import { reports } from "../../reports/index.ts";
import { errorControlSentences } from "../../reports/sentences.ts";
import { cellId, type PlannedCell, type ResultRecord, type RunFile } from "../../results/record.ts";
import { inputOf, sampleRun } from "../helpers/sample-run.ts";

const HEADLINES = { planned: 4, compared: 3, errorRate: 0.05 };
const EXPLORATORY = { questions: 30, selected: 12, different: 11, falseDiscoveryRate: 0.1 };

describe("errorControlSentences", () => {
  it("limits the chance of any false headline, and the number of false exploratory questions", () => {
    expect(errorControlSentences({ headlines: HEADLINES, exploratory: EXPLORATORY })).toEqual([
      {
        en: expect.stringMatching(/^3 of 4 headline questions .*at most 5\.0 % chance/) as string,
        zh: expect.stringMatching(/3 个主要问题（共 4 个）.*不超过 5\.0 %/) as string,
      },
      {
        en: expect.stringMatching(/^Exploratory: 11 of 30 questions .*at most 2 /) as string,
        zh: expect.stringMatching(/^探索性问题：11 个有差异（共 30 个）.*至多 2 个/) as string,
      },
    ]);
  });

  it("states no limit for what was not compared", () => {
    const headlines = { ...HEADLINES, compared: 0 };
    expect(errorControlSentences({ headlines, exploratory: { ...EXPLORATORY, questions: 0 } })).toEqual([]);
  });
});

describe("equivalence bands in a report", () => {
  /** Two plugins with fixed values that differ by a ratio of 1.02 in throughput, 4 in retransmits, 0.0004 in loss. */
  const VALUES: Readonly<Record<string, readonly [number, number]>> = {
    throughput: [1.02e10, 1e10],
    retransmits: [4, 0],
    loss: [0.0004, 0],
  };

  function render(bands: RunFile["plan"]["bands"]): Promise<string> {
    const { run, ...rest } = sampleRun({ blocks: 9 });
    const template = run.plan.cells.find(({ id }) => id.endsWith("bridge/netns/cross-node/throughput")) as PlannedCell;
    const cells = Object.keys(VALUES).flatMap((metric) =>
      ["bridge", "ptp"].map((plugin): PlannedCell => {
        const key = { ...template, plugin, metric };
        return { ...key, id: cellId(key), better: metric === "throughput" ? "higher" : "lower" };
      }),
    );
    const records = cells.flatMap(({ id, metric, plugin }) =>
      Array.from({ length: 9 }, (_, index): ResultRecord => {
        const value = VALUES[metric]?.[plugin === "bridge" ? 0 : 1] as number;
        const base = { schemaVersion: 1, kind: "repetition", rep: 1, startedAt: run.startedAt, raw: null } as const;
        return { ...base, cell: id, block: index + 1, value };
      }),
    );
    const headlines = ["quick/tcp-1/cross-node/throughput"];
    const plan = { ...run.plan, cells, checks: [], headlines, ...(bands && { bands }) };
    return reports.md.render([inputOf({ ...rest, run: { ...run, plan }, records })]);
  }

  // The answers to questions are items of lists; the legend of the table has the word, too.
  const equalCount = (page: string): number => page.match(/^- .*\bequal\b.*$/gim)?.length ?? 0;

  it("calls plugins equal by ratio, by retransmits and by loss, and prints the limits of errors", async () => {
    const page = await render(undefined);
    expect(equalCount(page)).toBe(3);
    expect(page).toMatch(/1 of 1 headline question compared: at most 5\.0 % chance/);
    expect(page).toContain("Exploratory: 0 of 2 questions with a difference.");
  });

  it("uses the bands of the suite", async () => {
    const bands = { throughput: { ratio: 1.01 }, retransmits: { difference: 3 }, loss: { difference: 0.0001 } };
    const page = await render({ quick: bands });
    expect(equalCount(page)).toBe(0);
    expect(page).toContain("Exploratory: 2 of 2 questions with a difference");
  });
});
