/** The sentences of the first screen, in both languages. */
import { describe, expect, it } from "vitest";
import { answer } from "../../../reports/first-screen/answer.ts";
import { plain } from "../../../reports/first-screen/phrase.ts";
import type { Figure, Question } from "../../../reports/questions.ts";
import { figuresOf } from "../../../reports/questions.ts";
import type { Comparison, Summary, SummaryCell } from "../../../results/summary.ts";

const CELL: SummaryCell = {
  ...{ id: "", plugin: "", cluster: "netns", suite: "quick", scenario: "pods", runner: "lifecycle", path: "same-node" },
  ...{ metric: "add-time", unit: "s", better: "lower", state: "measured", n: 9, median: 0.01, ci95: [0.009, 0.011] },
  ...{ min: 0.009, max: 0.011, cv: 0.05, values: [], baselineRatio: null, warnings: [] },
};
const PAIR: Comparison = {
  ...{ suite: "quick", scenario: "pods", path: "same-node", metric: "add-time", a: "", b: "", family: "headline" },
  ...{ verdict: "undecided", scale: "ratio", estimate: 1.02, ci95: [0.97, 1.08], ci90: [0.98, 1.07], n: 9 },
  ...{ p: 0.5, pAdjusted: 0.5, level: 0.0125, detectable: 1.15, blocksNeeded: 40 },
};

type Change = Partial<Comparison> & Pick<Comparison, "a" | "b">;

/** @param metric name, unit and better direction */
function answerOf(
  cells: readonly Partial<SummaryCell>[],
  pairs: readonly Change[],
  metric: Partial<Pick<SummaryCell, "metric" | "unit" | "better">> = {},
  chosen?: string,
): { en: string; zh: string } {
  const summary = {
    cells: cells.map((cell) => ({ ...CELL, ...metric, ...cell })),
    comparisons: pairs.map((pair) => ({ ...PAIR, metric: metric.metric ?? "add-time", ...pair })),
  } as unknown as Summary;
  const [figure] = figuresOf(summary) as [Figure];
  const { en, zh } = answer(figure, figure.questions[0] as Question, chosen);
  return { en: plain(en), zh: plain(zh) };
}

const three = [
  { plugin: "bridge", median: 0.0091 },
  { plugin: "ptp", median: 0.0093 },
  { plugin: "simplecni", median: 0.045 },
];
const worse = { verdict: "better", estimate: 0.2, ci95: [1 / 5.4, 1 / 4.6] } as const;

describe("the answer to a headline question", () => {
  it("states differences with their interval, and what had a chance to show", () => {
    const pairs = [
      { a: "bridge", b: "ptp" },
      { a: "bridge", b: "simplecni", ...worse },
      { a: "ptp", b: "simplecni", ...worse },
    ];
    expect(answerOf(three, pairs)).toEqual({
      en:
        "simplecni takes 5.0 times as long as bridge to ADD a pod (95 % CI 4.6 to 5.4, n = 9); " +
        "bridge and ptp: undecided, differences below 15 % can be missed",
      zh:
        "simplecni ADD 一个 Pod 所需的时间是 bridge 的 5.0 倍（95 % 置信区间 4.6 至 5.4，n = 9）；" +
        "bridge 和 ptp：未定，小于 15 % 的差异可能未被检出",
    });
  });

  it("compares with the chosen plugin alone", () => {
    const pairs = [
      { a: "bridge", b: "ptp" },
      { a: "bridge", b: "simplecni", ...worse },
      { a: "ptp", b: "simplecni", ...worse },
    ];
    expect(answerOf(three, pairs, {}, "ptp").en).toBe(
      "simplecni takes 5.0 times as long as ptp to ADD a pod (95 % CI 4.6 to 5.4, n = 9); " +
        "bridge and ptp: undecided, differences below 15 % can be missed",
    );
    expect(answerOf(three, pairs, {}, "simplecni").en).toBe(
      "simplecni takes 5.0 times as long as bridge to ADD a pod (95 % CI 4.6 to 5.4, n = 9); " +
        "simplecni takes 5.0 times as long as ptp to ADD a pod (95 % CI 4.6 to 5.4, n = 9)",
    );
    expect(answerOf([...three, { plugin: "cilium", state: "failed" }], pairs, {}, "cilium")).toEqual({
      en: "not compared with cilium; cilium: failed",
      zh: "未与 cilium 比较；cilium：失败",
    });
  });

  it("states a difference that was only shown to another plugin than the first one", () => {
    const pairs = [
      { a: "bridge", b: "ptp" },
      { a: "bridge", b: "simplecni" },
      { a: "ptp", b: "simplecni", ...worse },
    ];
    expect(answerOf(three, pairs).en).toBe(
      "simplecni takes 5.0 times as long as ptp to ADD a pod (95 % CI 4.6 to 5.4, n = 9); " +
        "bridge against ptp and simplecni: undecided, differences below 15 % can be missed",
    );
  });

  it("claims no order if all pairs are undecided, and names the reason", () => {
    const pairs = [
      { a: "bridge", b: "ptp" },
      { a: "bridge", b: "simplecni", detectable: 1.2 },
      { a: "ptp", b: "simplecni" },
    ];
    expect(answerOf(three, pairs).en).toBe(
      "bridge, ptp and simplecni: undecided, differences below 20 % can be missed",
    );
    const two = three.slice(0, 2);
    expect(answerOf(two, [{ a: "bridge", b: "ptp", reason: "busy machine" }])).toEqual({
      en: "bridge and ptp: undecided, busy machine",
      zh: "bridge 和 ptp：未定，机器繁忙",
    });
    expect(answerOf(two, [{ a: "bridge", b: "ptp", detectable: null }]).en).toBe(
      "bridge and ptp: undecided, too few blocks to show any difference",
    );
  });

  it("states small differences in percent, and short ones after the first", () => {
    const throughput = { metric: "throughput", unit: "bit/s", better: "higher" } as const;
    const cells = [
      { plugin: "bridge", median: 30e9 },
      { plugin: "ptp", median: 27e9 },
      { plugin: "simplecni", median: 3e9 },
    ];
    const pairs = [
      { a: "bridge", b: "ptp", verdict: "better", estimate: 1 / 0.9, ci95: [1 / 0.92, 1 / 0.88] },
      { a: "bridge", b: "simplecni", verdict: "better", estimate: 10, ci95: [9, 11] },
      { a: "ptp", b: "simplecni", verdict: "better", estimate: 9, ci95: [8, 10] },
    ] as const;
    expect(answerOf(cells, pairs, throughput)).toEqual({
      en:
        "ptp has 10 % lower throughput than bridge (95 % CI 8.0 % to 12 %, n = 9); " +
        "simplecni 0.10 times (95 % CI 0.09 to 0.11, n = 9)",
      zh:
        "ptp 的吞吐量比 bridge 低 10 %（95 % 置信区间 8.0 % 至 12 %，n = 9）；" +
        "simplecni 是 0.10 倍（95 % 置信区间 0.09 至 0.11，n = 9）",
    });
  });

  it("states equal plugins with the largest difference that their interval allows", () => {
    const pairs = [{ a: "bridge", b: "ptp", verdict: "equal", ci90: [0.97, 1.01] }] as const;
    expect(answerOf(three.slice(0, 2), pairs).en).toBe("bridge and ptp: equal, at most 3.1 % apart");
    const loss = { metric: "loss", unit: "1", better: "lower" } as const;
    const difference = { scale: "difference", ci90: [-0.0004, 0.0002] } as const;
    expect(answerOf(three.slice(0, 2), [{ ...pairs[0], ...difference }], loss).en).toContain("at most 0.000400 apart");
  });

  it("states differences in the unit where values can be 0", () => {
    const retransmits = { metric: "retransmits", unit: "1", better: "lower" } as const;
    const pairs = [
      { a: "bridge", b: "ptp", verdict: "better", scale: "difference", estimate: -30, ci95: [-40, -20] },
    ] as const;
    expect(answerOf(three.slice(0, 2), pairs, retransmits).en).toBe(
      "ptp has 30 more retransmitted segments than bridge (95 % CI 20 to 40, n = 9)",
    );
  });

  it("says what takes the time of a metric", () => {
    const ready = { metric: "pod-ready-time" } as const;
    expect(answerOf(three, [{ a: "bridge", b: "simplecni", ...worse }], ready).en).toContain(
      "simplecni takes 5.0 times as long as bridge to get a new pod to respond (95 %",
    );
  });

  it("answers from the compared plugins if the one with the best median has no block in common with them", () => {
    expect(answerOf(three, [{ a: "ptp", b: "simplecni", ...worse }])).toEqual({
      en: "simplecni takes 5.0 times as long as ptp to ADD a pod (95 % CI 4.6 to 5.4, n = 9); bridge: not compared",
      zh: "simplecni ADD 一个 Pod 所需的时间是 ptp 的 5.0 倍（95 % 置信区间 4.6 至 5.4，n = 9）；bridge：未比较",
    });
  });

  it("names missing measurements", () => {
    expect(answerOf([{ plugin: "bridge" }], []).en).toBe(
      "bridge: 10.0 ms (95 % CI 9.0 ms to 11.0 ms, n = 9); no other plugin to compare with",
    );
    expect(answerOf([{ plugin: "bridge", n: 1, ci95: null }], []).en).toContain("n = 1, too few blocks");
    expect(answerOf(three, []).en).toBe("bridge, ptp and simplecni: measured, but not compared");
    const failed = { state: "failed", median: null, n: 0 } as const;
    expect(answerOf([{ plugin: "bridge", ...failed }, { plugin: "ptp" }], []).en).toContain("; bridge: failed");
    expect(answerOf([{ plugin: "bridge", ...failed }], []).en).toBe("bridge: failed");
    expect(answerOf([{ plugin: "bridge", state: "skipped", median: null, n: 0 }], []).en).toBe("bridge: skipped");
  });

  it("stays short with forty plugins", () => {
    const cells = Array.from({ length: 40 }, (_, index) => ({ plugin: `p${index}`, median: 0.01 + index / 1000 }));
    const pairs = cells.slice(1).map(({ plugin }) => ({ a: "p0", b: plugin, ...worse }));
    const { en, zh } = answerOf(cells, pairs);
    expect(en).toContain("; 36 more differences in the table");
    expect(en.length).toBeLessThan(250);
    expect(zh).toContain("另有 36 个差异见表");
    expect(
      answerOf(
        cells,
        cells.slice(1).map(({ plugin }) => ({ a: "p0", b: plugin })),
      ).en,
    ).toBe("p0 against p1, p2, p3 and 36 others: undecided, differences below 15 % can be missed");
  });

  it.each([
    [1e300, ">10000 times"],
    [1e-300, "<0.001 times"],
    [Number.POSITIVE_INFINITY, "– times"],
  ])("remains readable with a ratio of %d", (ratio, expected) => {
    const throughput = { metric: "throughput", unit: "bit/s", better: "higher" } as const;
    const pair = { a: "bridge", b: "ptp", verdict: "better", estimate: 1 / ratio, ci95: null } as const;
    const sentence = answerOf(
      three.slice(0, 2),
      [{ ...pair, estimate: ratio === Infinity ? 0 : 1 / ratio }],
      throughput,
    );
    expect(sentence.en).toMatch(/^ptp has|^bridge has/);
    expect(sentence.en).toContain(expected);
    expect(sentence.en).not.toMatch(/NaN|Infinity|e\+/);
  });
});
