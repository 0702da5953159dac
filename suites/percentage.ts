/** Percentages in suite files, such as `5 %`: above 0 % and below 100 %. */
const PERCENTAGE = /^\s*(?!0+(?:\.0+)?\s*%)(\d{1,2}(?:\.\d+)?)\s*%\s*$/;

export const PERCENTAGE_SCHEMA = { type: "string", pattern: PERCENTAGE.source } as const;

/** Returns the share that a percentage states, in (0, 1), or null if it is not one. */
export function shareOf(text: string): number | null {
  const [, percent] = PERCENTAGE.exec(text) ?? [];
  return percent === undefined ? null : Number(percent) / 100;
}
