/** The values of a question as ratios to the host baseline. They have no verdict: only plugins are compared. */
import type { Question } from "../questions.ts";
import { formatFactor } from "./amounts.ts";
import { joinAll, phrase, type Sentence } from "./phrase.ts";

/** Plugins that a sentence states; the table shows all. */
const MAX_PLUGINS = 6;

export function hostAnswer({ rankedCells, plugins }: Question): Sentence {
  const ratios = plugins.flatMap((name): Sentence[] => {
    const ratio = rankedCells.find(({ cell }) => cell.plugin === name)?.cell.baselineRatio ?? null;
    if (ratio === null) return [];
    const value = `${formatFactor(ratio.median)}×`;
    if (ratio.ci95 === null) return [{ en: phrase`${{ name }} ${value}`, zh: phrase`${{ name }} ${value}` }];
    const [low, high] = ratio.ci95.map(formatFactor);
    return [
      {
        en: phrase`${{ name }} ${value} (95 % CI ${low ?? ""} to ${high ?? ""})`,
        zh: phrase`${{ name }} ${value}（95 % 置信区间 ${low ?? ""} 至 ${high ?? ""}）`,
      },
    ];
  });
  if (ratios.length === 0) return { en: ["no host value to compare with"], zh: ["没有可比较的 host 数值"] };
  const more = ratios.length - MAX_PLUGINS;
  const rest: Sentence[] = more <= 0 ? [] : [{ en: [`${more} more in the table`], zh: [`另有 ${more} 个见表`] }];
  const { en, zh } = joinAll([...ratios.slice(0, MAX_PLUGINS), ...rest], { en: ", ", zh: "，" });
  return { en: phrase`ratio to host: ${en}`, zh: phrase`与 host 的比值：${zh}` };
}
