/** Whether the whole text follows a pattern in which `*` stands for any characters, also none and also `/`. */
export function matchesGlob(text: string, glob: string): boolean {
  const [prefix = "", ...middle] = glob.split("*");
  const suffix = middle.pop();
  if (suffix === undefined) return text === glob;
  if (text.length < prefix.length + suffix.length || !text.startsWith(prefix) || !text.endsWith(suffix)) return false;
  // The earliest place of each part leaves the most room for the next: no going back, whatever the pattern.
  const end = text.length - suffix.length;
  let from = prefix.length;
  for (const part of middle) {
    const found = text.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
