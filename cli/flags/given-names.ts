/** Returns the names of the flags that have a value, in definition order. */
export function givenNames(flags: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
