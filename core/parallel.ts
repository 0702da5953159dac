/**
 * Processes the items, at most `limit` at a time. After an error no further item is started.
 * @returns the results in the order of the items
 * @throws the first error, after all started items have finished
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const queue = items.entries();
  const results: R[] = [];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const [i, item] of queue) {
      if (failures.length > 0) return;
      await work(item).then(
        (result) => (results[i] = result),
        (error: unknown) => failures.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
