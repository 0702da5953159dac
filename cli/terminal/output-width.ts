/** The width of the terminal to which a command prints its results. */

/** Returns the columns of standard output; nothing if it is not a terminal, or one of unknown size. */
export function outputWidth(): { readonly width?: number } {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns > 0 ? { width: columns } : {};
}
