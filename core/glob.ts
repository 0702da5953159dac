/** Reports whether the entire text matches a pattern in which `*` matches any characters, including none and `/`. */
export function matchesGlob(text: string, glob: string): boolean {
  const [prefix = "", ...middle] = glob.split("*");
  const suffix = middle.pop();
  if (suffix === undefined) return text === glob;
  if (text.length < prefix.length + suffix.length || !text.startsWith(prefix) || !text.endsWith(suffix)) return false;
  // The earliest match of each part leaves the most text for the next one, so no pattern needs backtracking.
  const end = text.length - suffix.length;
  let from = prefix.length;
  for (const part of middle) {
    const found = text.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
