/** Reads a `BackfillRequest` from the flags of `backfill` and `plan`. */
import { RESTATE_POLICIES } from '../../shared/domain/decide/restatement.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { ONLY } from '../../shared/domain/plan.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { isSeason } from '../../shared/domain/season.ts';
import { PHASES, type Phase } from '../../shared/domain/table.ts';
import { decode } from '../../shared/messages/decode.ts';
import { backfillRequest, type BackfillRequest } from '../../shared/messages/schemas.ts';
import { chosenOption, fileOption, numberOption, phaseOption, tablesOption } from './options.ts';
import { dateOption, rangeOptions } from './dates.ts';
import type { RequestFlags } from './request-flags.ts';

/** Fields of the request and the flags that say them. */
const FLAGS: Readonly<Record<string, string>> = {
  startDate: '--start',
  endDate: '--end',
  dates: '--dates',
  season: '--season',
  from: '--from',
  through: '--through',
  tables: '--tables',
  only: '--only',
  restate: '--restate',
  maxInFlight: '--max-in-flight',
  'skipPreflight.reason': '--reason',
};

/** @throws RequestError saying which flag is wrong and what it must be */
export function requestOf(flags: RequestFlags, registry: Registry): BackfillRequest {
  checkFlags(flags);
  const listed = flags.dates === undefined ? undefined : cellsOf(flags.dates, registry);
  const tables =
    flags.tables === undefined ? listed?.tables : tablesOption('--tables', flags.tables, registry);
  if (flags.tables !== undefined && listed?.tables !== undefined)
    throw new RequestError(`--tables has no effect: ${flags.dates ?? ''} names the tables`, {
      flag: '--tables',
    });
  const from = phaseOption('--from', flags.from) ?? (listed?.tables && lowestPhase(listed.tables, registry));
  const through = phaseOption('--through', flags.through);
  if (from !== undefined && through !== undefined && PHASES.indexOf(through) < PHASES.indexOf(from))
    throw new RequestError(`--through ${through} comes before --from ${from}`, { flag: '--through' });
  const maxInFlight =
    flags.maxInFlight === undefined
      ? undefined
      : numberOption('--max-in-flight', flags.maxInFlight, { least: 1, most: 64 });
  const range =
    flags.start === undefined && flags.end === undefined
      ? { start: undefined, end: undefined }
      : rangeOptions(flags);
  const fields = {
    startDate: range.start,
    endDate: range.end,
    dates: listed?.dates,
    season: flags.season,
    from,
    through,
    tables,
    only: chosenOption('--only', flags.only, ONLY),
    restate: chosenOption('--restate', flags.restate, RESTATE_POLICIES),
    force: flags.force,
    fetch: flags.fetch === false ? false : undefined,
    maxInFlight,
    skipPreflight: flags.skipPreflight === true ? { reason: flags.reason } : undefined,
  };
  const request = decode(backfillRequest, JSON.stringify(fields));
  if (!request.ok) throw inFlags(request.reason);
  return request.value;
}

/** @throws RequestError for flags that contradict each other, that need others, or that have no effect */
function checkFlags(flags: RequestFlags): void {
  if (flags.skipPreflight === true && flags.reason === undefined)
    throw new RequestError('--skip-preflight needs --reason TEXT', { flag: '--skip-preflight' });
  if (flags.skipPreflight !== true && flags.reason !== undefined)
    throw new RequestError('--reason has no effect without --skip-preflight', { flag: '--reason' });
  if (flags.fetch === false && flags.from !== 'phase2' && flags.from !== '2')
    throw new RequestError('--no-fetch has no effect without --from phase2', { flag: '--no-fetch' });
  if (flags.season !== undefined && !isSeason(flags.season))
    throw new RequestError(`--season must be a season such as 2023-24, not "${flags.season}"`, {
      flag: '--season',
    });
  const ways = [flags.start ?? flags.end, flags.dates, flags.season].filter((way) => way !== undefined);
  if (ways.length !== 1)
    throw new RequestError(
      `Say which dates with exactly one of: --start and --end, --dates, --season${ways.length === 0 ? '' : '; there are more'}`,
    );
}

/** A refusal of the message, in which its fields are called as the flags that say them. */
function inFlags(reason: string): RequestError {
  const field = /^([A-Za-z.]+?)(?:\.\d+)?: /.exec(reason)?.[1] ?? '';
  const flag = FLAGS[field];
  return flag === undefined
    ? new RequestError(reason)
    : new RequestError(reason.replace(/^[\w.]+: /, `${flag}: `), { flag });
}

function lowestPhase(tables: readonly string[], registry: Registry): Phase | undefined {
  const phases = tables.map((name) => registry.get(name).definition.phase);
  return PHASES.find((phase) => phases.includes(phase));
}

interface Cells {
  readonly dates: readonly string[];
  /** Undefined where only dates are listed. */
  readonly tables?: readonly string[];
}

/**
 * Dates separated by commas, or `@FILE` with dates, or with cells as `coverage --missing --csv` prints them: a line for each,
 * the table and the date. `@-` is what comes in on stdin.
 */
function cellsOf(text: string, registry: Registry): Cells {
  if (!text.startsWith('@')) return datesIn(text.split(','));
  const lines = fileOption('--dates', text.slice(1))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== 'table,date');
  const cells = lines.map((line) => /^([a-z]\w*(?:\.\w+)?)[,\s]+([\d-]+)$/i.exec(line));
  if (cells.length > 0 && cells.every((cell) => cell !== null)) {
    const { dates } = datesIn(cells.map((cell) => cell[2] ?? ''));
    const names = cells.map((cell) => cell[1] ?? '').join(',');
    return { dates: [...new Set(dates)].sort(), tables: tablesOption('--dates', names, registry) };
  }
  if (lines.length === 0)
    throw new RequestError(`--dates: ${text.slice(1)} has no dates in it`, { flag: '--dates' });
  return datesIn(lines.flatMap((line) => line.split(/[\s,]+/)));
}

function datesIn(parts: readonly string[]): Cells {
  const texts = parts.map((date) => date.trim()).filter((date) => date !== '');
  if (texts.length === 0) throw new RequestError('--dates has no dates in it', { flag: '--dates' });
  return { dates: texts.map((date) => dateOption('--dates', date)) };
}
