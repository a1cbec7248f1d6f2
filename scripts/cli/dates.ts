/** Reads flags that are dates. */
import { RequestError } from '../../shared/domain/failure.ts';
import { parseGameDate, whyNoGameDate, type GameDate } from '../../shared/domain/game-date.ts';

/** @throws RequestError when `text` is no calendar date */
export function dateOption(name: string, text: string | undefined): GameDate {
  const flag = name.startsWith('--') ? { flag: name } : {};
  if (text === undefined) throw new RequestError(`${name} must be a date in the form YYYY-MM-DD`, flag);
  const date = parseGameDate(text);
  if (date === undefined) throw new RequestError(`${name}: ${whyNoGameDate(text)}`, flag);
  return date;
}

/** @throws RequestError when one of them is no date, or `--end` is before `--start` */
export function rangeOptions(flags: { readonly start?: string; readonly end?: string }): {
  readonly start: GameDate;
  readonly end: GameDate;
} {
  if ((flags.start === undefined) !== (flags.end === undefined)) {
    const [flag, other] = flags.end === undefined ? ['--start', '--end'] : ['--end', '--start'];
    throw new RequestError(`${flag} needs ${other}`, { flag });
  }
  if (flags.start === undefined)
    throw new RequestError(
      '--start and --end say which dates are meant, such as --start 2024-01-01 --end 2024-01-31',
      { flag: '--start' },
    );
  const start = dateOption('--start', flags.start);
  const end = dateOption('--end', flags.end);
  if (end < start) throw new RequestError(`--end ${end} is before --start ${start}`, { flag: '--end' });
  return { start, end };
}

/** @throws RequestError when the text is no instant with a zone */
export function instantOption(flag: string, text: string): Date {
  const instant = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(instant.getTime()))
    throw new RequestError(`${flag} must be a time such as 2024-01-26T18:30:00Z, not "${text}"`, { flag });
  return instant;
}
