/** A backfill request in one line. */
import type { NormalRequest } from '../../shared/state/backfills.ts';

/** `2024-01-05 to 2024-01-09, phase3 to phase5, force`; what is as by default is left out. */
export function requestText({ dates, from, through, tables, only, restate, force }: NormalRequest): string {
  const [first, last] = [dates[0], dates.at(-1)];
  const range = first === undefined ? 'no dates' : first === last ? first : `${first} to ${last}`;
  return [
    range,
    from === through ? from : `${from} to ${through}`,
    ...(tables === null ? [] : [tables.length <= 2 ? tables.join(' ') : `${tables.length} tables`]),
    ...(only === 'all' ? [] : [`only ${only}`]),
    ...(restate === 'auto' ? [] : [`restate ${restate}`]),
    ...(force ? ['force'] : []),
  ].join(', ');
}
