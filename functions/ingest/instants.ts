/** Reads times as the sources write them, and gives them as ISO text in UTC to the second: `2024-01-26T00:30:00Z`. */
import { parseGameDate } from '../../shared/domain/game-date.ts';

const CLOCK = '((?:[01]\\d|2[0-3]):[0-5]\\d)(?::([0-5]\\d)(?:\\.\\d{1,9})?)?';
const ZONED = new RegExp(`^(\\d{4}-\\d{2}-\\d{2})[T ]${CLOCK} ?(Z|UTC|[+-](?:0\\d|1[0-4])(?::?[0-5]\\d)?)$`);

/**
 * The time in UTC written in `text` with a zone: `Z`, `UTC` or an offset, as in `2022-11-07T19:00:00-05:00`. Undefined when
 * `text` is no such time. Fractions of a second are cut.
 */
export function parseUtc(text: string): string | undefined {
  const [, date = '', clock = '', seconds = '00', zone = ''] = ZONED.exec(text) ?? [];
  if (zone === '' || parseGameDate(date) === undefined) return undefined;
  if (zone === 'Z' || zone === 'UTC') return `${date}T${clock}:${seconds}Z`;
  const offset = `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  return secondOf(Date.parse(`${date}T${clock}:${seconds}${offset}`));
}

function secondOf(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** Whole minutes from one moment to a later one, rounded down; negative when `to` is before `from`. */
export function minutesBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / 60_000);
}
