/** Partitions of a set of plugins into groups: each is one hypothesis, "the plugins inside a group are equal". */

/**
 * Returns all partitions of {0, …, size - 1} except the one into single elements, each as the bit masks of its groups
 * of at least two elements. There are Bell(size) - 1 of them: 4, 14, 51, 202, 876 and 4139 for 3 to 8 elements.
 */
export function setPartitions(size: number): number[][] {
  let partitions: number[][] = [[]];
  for (let element = 0; element < size; element++) {
    const bit = 1 << element;
    partitions = partitions.flatMap((groups) => [
      [...groups, bit],
      ...groups.map((_, index) => groups.map((group, position) => (position === index ? group | bit : group))),
    ]);
  }
  return partitions.map((groups) => groups.filter(hasTwo)).filter((groups) => groups.length > 0);
}

/** Returns the elements of a group in ascending order. */
export function membersOf(group: number): number[] {
  const members: number[] = [];
  for (let element = 0; group >> element > 0; element++) if (((group >> element) & 1) === 1) members.push(element);
  return members;
}

function hasTwo(group: number): boolean {
  return (group & (group - 1)) !== 0;
}
