/** Sentences about adaptive blocks. */
import { expect, it } from "vitest";
import { blockPosition, decisionSentence, lastDecisions, plannedBlocks } from "../../reports/stopping.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const stoppingRules = { quick: { min: 6, max: 20, until: 0.05 } };
const plan = { ...sampleRun().run.plan, blocks: 20, stoppingRules };
const decision = {
  suite: "quick",
  block: 7,
  question: "quick/tcp-1/cross-node/throughput",
  halfWidth: 0.061,
  stop: false,
};

it("names the range of blocks", () => {
  expect(plannedBlocks({ blocks: 9 })).toEqual({ en: "9 blocks", zh: "9 个区组" });
  expect(plannedBlocks({ blocks: 1 }).en).toBe("1 block");
  expect(plannedBlocks(plan)).toEqual({ en: "6 to 20 blocks", zh: "6 至 20 个区组" });
});

it("names the position of a block without the largest number as if it were certain", () => {
  expect(blockPosition(3, { blocks: 9 })).toBe("block 3/9");
  const positions = [2, 7, 20].map((block) => blockPosition(block, plan));
  expect(positions).toEqual(["block 2 of 6 to 20", "block 7 of 7 to 20", "block 20/20"]);
});

it("names the figure, the headline and the target of a decision, and what follows", () => {
  const figure = "95 % interval of a ratio ±6.1 % (quick/tcp-1/cross-node/throughput, target 5.0 %)";
  expect(decisionSentence(decision, plan)).toEqual({
    en: `quick continues after block 7: ${figure}`,
    zh: "quick 在第 7 个区组后继续：比值的 95 % 置信区间为 ±6.1 %（quick/tcp-1/cross-node/throughput，目标 5.0 %）",
  });
  expect(decisionSentence({ ...decision, block: 4 }, plan).en).toMatch(/^quick needs 6 blocks after block 4: /);
  expect(decisionSentence({ ...decision, stop: true }, plan).en).toMatch(/^quick stops after block 7: /);
  expect(decisionSentence({ ...decision, block: 20 }, plan).en).toMatch(/^quick stops after block 20: .*6\.1 %/);
  const none = { ...decision, question: null, halfWidth: null };
  expect(decisionSentence(none, plan).en).toBe("quick continues after block 7: no headline has an interval yet");
});

it("lists the last decision about each suite", () => {
  const stopping = [decision, { ...decision, block: 8, halfWidth: 0.04, stop: true }];
  expect(lastDecisions({ plan, stopping })).toEqual([
    {
      en: expect.stringMatching(/^quick stops after block 8: .*4\.0 %/) as string,
      zh: expect.stringMatching(/^quick 在第 8 个区组后停止：.*4\.0 %/) as string,
    },
  ]);
  expect(lastDecisions({ plan })).toEqual([]);
});
