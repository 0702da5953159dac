/** Names the pairs of plugins that share a verdict. */
import type { Comparison } from "../../results/index.ts";
import { joinAll, nameList, phrase, type Sentence } from "./phrase.ts";

type Pair = Pick<Comparison, "a" | "b">;

/**
 * Returns the names alone if each pair of them is in the list, one plugin against the others if it is in each pair, and
 * otherwise the pairs.
 * @param plugins in plan order, which is that of the names
 * @param max names or pairs that a list states; of a longer one, it states the number of the others
 */
export function pairNames(pairs: readonly Pair[], plugins: readonly string[], max = Infinity): Sentence {
  const names = plugins.filter((plugin) => pairs.some((pair) => isAbout(pair, plugin)));
  if (pairs.length === (names.length * (names.length - 1)) / 2) return nameList(names, max);
  const shared = names.find((plugin) => pairs.every((pair) => isAbout(pair, plugin)));
  if (shared === undefined) return pairList(pairs, plugins, max);
  const others = nameList(
    names.filter((each) => each !== shared),
    max,
  );
  const name = { name: shared };
  return { en: phrase`${name} against ${others.en}`, zh: phrase`${name} 分别与 ${others.zh}` };
}

/** Reports whether a pair contains a plugin. */
export function isAbout({ a, b }: Pair, plugin: string): boolean {
  return a === plugin || b === plugin;
}

function pairList(pairs: readonly Pair[], plugins: readonly string[], max: number): Sentence {
  const shown = pairs.slice(0, max).map((pair) => nameList(plugins.filter((plugin) => isAbout(pair, plugin))));
  const more = pairs.length - shown.length;
  const rest: Sentence[] = more === 0 ? [] : [{ en: [`${more} more pairs`], zh: [`另外 ${more} 对`] }];
  return joinAll([...shown, ...rest], { en: ", ", zh: "、" });
}
