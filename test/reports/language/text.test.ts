import { expect, it } from "vitest";
import { joinItems, joinNames, joinSentences, joinTexts, same } from "../../../reports/language/text.ts";

it("joins texts with the separators of each language", () => {
  const [first, second] = [
    { en: "One.", zh: "一。" },
    { en: "Two.", zh: "二。" },
  ];
  expect(joinSentences([first, second])).toEqual({ en: "One. Two.", zh: "一。二。" });
  expect(joinItems(["bridge", same("ptp")])).toEqual({ en: "bridge, ptp", zh: "bridge、ptp" });
  expect(joinNames([])).toEqual(same(""));
  expect(joinNames(["a", "b", "c"])).toEqual({ en: "a, b and c", zh: "a、b 和 c" });
  expect(joinTexts([first, second], { en: "; ", zh: ";" })).toEqual({ en: "One.; Two.", zh: "一。;二。" });
});
