/** Chronological parts of training rows. No date is in two of them, so that nothing of a game night is learned and asked. */

/** The first date of the second and of the third part. */
export interface Cuts {
  readonly validation: string;
  readonly test: string;
}

/**
 * Where rows are cut into three parts of about these shares: at the beginnings of the dates that come nearest.
 * @param dates of the rows, in any order
 * @throws RangeError when there are fewer than three dates
 */
export function cutsOf(dates: readonly string[], [train, validation] = [0.7, 0.15] as const): Cuts {
  const counts = new Map<string, number>();
  for (const date of dates) counts.set(date, (counts.get(date) ?? 0) + 1);
  const ordered = [...counts.keys()].sort();
  if (ordered.length < 3)
    throw new RangeError(`Rows of ${ordered.length} dates cannot be cut into three parts`);
  const before: number[] = [];
  let sum = 0;
  for (const date of ordered) {
    before.push(sum);
    sum += counts.get(date) ?? 0;
  }
  const nearest = (share: number, from: number, to: number): number => {
    let best = from;
    for (let i = from; i <= to; i += 1)
      if (Math.abs((before[i] ?? 0) - share * sum) < Math.abs((before[best] ?? 0) - share * sum)) best = i;
    return best;
  };
  const second = nearest(train, 1, ordered.length - 2);
  const third = nearest(train + validation, second + 1, ordered.length - 1);
  return { validation: ordered[second] ?? '', test: ordered[third] ?? '' };
}

/** The places of the rows of each part. */
export function partsOf(
  dates: readonly string[],
  { validation, test }: Cuts,
): { readonly train: Uint32Array; readonly validation: Uint32Array; readonly test: Uint32Array } {
  const placesOf = (is: (date: string) => boolean): Uint32Array =>
    Uint32Array.from(dates.flatMap((date, i) => (is(date) ? [i] : [])));
  return {
    train: placesOf((date) => date < validation),
    validation: placesOf((date) => date >= validation && date < test),
    test: placesOf((date) => date >= test),
  };
}
