/** `gaps`: the holes of all loaded seasons, with what each blocks, why it is there, and what closes it. */
import { unknownSeasonsText } from '../../functions/control/date-range.ts';
import { gapsIn, type Gaps, type SeenGaps } from '../../functions/control/gaps.ts';
import { prepareHealing, type Healing } from '../../functions/control/heal.ts';
import { listText, spansText, tablesOnDates } from '../../functions/control/list-text.ts';
import type { Client } from '../../functions/targets/client.ts';
import { causeText } from '../../shared/domain/cause.ts';
import type { NotHealed } from '../../shared/domain/decide/heal.ts';
import { counted } from '../../shared/domain/counted.ts';
import type { Hole } from '../../shared/domain/holes.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { HEAL } from '../../shared/domain/trust-limits.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { refName } from '../../shared/domain/partition.ts';
import type { FinishedBackfill } from '../../shared/state/backfills.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { rangeOptions } from './dates.ts';
import { tablesOption } from './options.ts';
import { runAndShow } from './watch.ts';

export interface GapsFlags extends GlobalOptions {
  readonly start?: string;
  readonly end?: string;
  readonly table?: string;
  readonly heal?: boolean;
  readonly large?: boolean;
}

/** Groups of holes that the text shows. */
const MAX_GROUPS = 20;

/** The exit code is 1 when there are holes, and when nothing is known of a season of the range. */
export async function gapsCommand(client: Client, flags: GapsFlags): Promise<number> {
  const range = flags.start === undefined && flags.end === undefined ? {} : rangeOptions(flags);
  const tables =
    flags.table === undefined ? undefined : tablesOption('--table', flags.table, client.registry);
  if (flags.large === true && flags.heal !== true)
    throw new RequestError('--large has no effect without --heal', { flag: '--large' });
  const look = (): Promise<SeenGaps> =>
    client.readWarehouse('gaps', (warehouse) => gapsIn(client, warehouse, { ...range, tables }));
  const seen = await look();
  if (flags.heal !== true) {
    answer(flags, seen.gaps, () => gapsText(seen.gaps));
    return exitOf(seen.gaps);
  }
  const healing = await prepareHealing(client, seen, flags.large);
  const ended = healing.request === null ? undefined : await runAndShow(client, healing.request);
  const { gaps } = ended === undefined ? seen : await look();
  const { asked, left, suspected } = healing;
  const backfill = ended === undefined ? null : { id: ended.backfill.id, state: ended.backfill.state };
  answer(flags, { ...gaps, asked, left, suspected, backfill }, () =>
    [...healedText(healing, seen.gaps.end, ended?.backfill), '', gapsText(gaps, true)].join('\n'),
  );
  return exitOf(gaps);
}

function exitOf({ holes, unknownSeasons }: Gaps): number {
  return holes.length === 0 && unknownSeasons.length === 0 ? EXIT.done : EXIT.failed;
}

const WHY_LEFT: Readonly<Record<NotHealed, string>> = {
  large: 'because they are many: with --large a person asks for them',
  'behind a large one': 'they wait for holes that are too many',
  'asked before': 'they were asked for before, and nothing that they are built from has changed since',
  'for the next look': 'they are left for the next look',
  files: 'no run closes them: files or a person have to',
};

function healedText(
  { asked, left, suspected }: Healing,
  end: GameDate,
  backfill: FinishedBackfill | undefined,
): string[] {
  const [first] = asked.map(({ date }) => date).sort();
  const whys = [...Map.groupBy(left, ({ why }) => why)];
  return [
    backfill === undefined
      ? 'Nothing was asked for'
      : `${counted(asked.length, 'hole was', 'holes were')} asked for by ${backfill.id}: ${backfill.verdict}`,
    ...(suspected === 0
      ? []
      : [
          `${counted(suspected, 'of them', 'of them')} may have been read while rows were lacking; what reads them is stale, and built again by: fullcourt backfill --start ${first} --end ${end} --only stale`,
        ]),
    ...whys.map(([why, holes]) => `Not asked for, ${WHY_LEFT[why]}: ${listText(tablesOnDates(holes), 4)}`),
  ];
}

function gapsText(gaps: Gaps, isHealed = false): string {
  const { start, end, holes, cells, unknownSeasons } = gaps;
  const total = Object.values(cells).reduce((sum, n) => sum + n, 0);
  const rest = Object.entries(cells)
    .filter(([state, n]) => n > 0 && state !== 'missing' && state !== 'failed')
    .map(([state, n]) => counted(n, state, state))
    .join(', ');
  const said = `${counted(total, 'cell')} from ${start} to ${end}${rest === '' ? '' : `: ${rest}`}`;
  const groups = groupsOf(holes);
  const more = groups.length - MAX_GROUPS;
  return [
    holes.length === 0
      ? 'There are no holes'
      : `${counted(holes.length, 'hole')} in ${counted(new Set(holes.map(({ table }) => table)).size, 'table')}`,
    ...groups.slice(0, MAX_GROUPS).flatMap((group) => ['', ...groupText(group)]),
    ...(more > 0 ? ['', `and ${more} more groups of holes; all of them with --json`] : []),
    '',
    said,
    ...(unknownSeasons.length === 0 ? [] : [`Seasons: ${unknownSeasonsText(unknownSeasons)}`]),
    ...(!isHealed && holes.some(({ price }) => price !== null)
      ? [`What can be closed without files is asked for by: fullcourt gaps --heal`]
      : []),
  ].join('\n');
}

/** Holes with one cause stand together; those that begin with themselves and have the same trouble do, too. */
function groupsOf(holes: readonly Hole[]): Hole[][] {
  const keyOf = ({ cause }: Hole): string =>
    `${cause.table} ${cause.kind} ${cause.detail.replaceAll(/\d{8}_[A-Z]{3}_[A-Z]{3}|\d+/g, 'n')}`;
  return [...Map.groupBy(holes, keyOf).values()].toSorted((a, b) => b.length - a.length);
}

function groupText(group: readonly Hole[]): string[] {
  const causes = new Map(group.map((hole) => [refName(hole.cause), hole.cause]));
  const [cause] = causes.values();
  if (cause === undefined) return [];
  const cure = cureOf(group);
  const dates = [...causes.values()].map(({ date }) => date).sort();
  const name = dates.length === 1 ? refName(cause) : `${cause.table} on ${spansText(dates)}`;
  const tables = [...Map.groupBy(group, ({ table }) => table)];
  const own = group.filter(({ table, date }) => causes.has(refName({ table, date })));
  const waiting = tables.flatMap(([table, ofIt]) => {
    const rest = ofIt.filter((hole) => !own.includes(hole));
    return rest.length === 0 ? [] : [`  ${table} waits for it on ${spansText(rest.map(({ date }) => date))}`];
  });
  return [causeText({ ...cause, cure }, '', name), ...waiting, ...priceText(group)];
}

/** The command that closes the holes of a group: the one of its last hole, over all of their dates. */
function cureOf(group: readonly Hole[]): string | null {
  const cure = group.at(-1)?.cure ?? null;
  const dates = group.flatMap((hole) => [hole.date, hole.cause.date]).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (cure === null || first === last) return cure;
  const large = cure.includes(' --heal ') && group.length > HEAL.datesInARow ? ' --large' : '';
  return `${cure.replace(/--dates \S+|--start \S+ --end \S+/, `--start ${first} --end ${last}`)}${large}`;
}

function priceText(group: readonly Hole[]): string[] {
  const prices = group.flatMap(({ price }) => price ?? []);
  if (prices.length === 0) return [];
  const seconds = prices.every((each) => each.seconds !== null)
    ? prices.reduce((sum, each) => sum + (each.seconds ?? 0), 0)
    : null;
  const usd = prices.reduce((sum, each) => sum + each.usd, 0);
  return [
    `  ${counted(prices.length, 'run')} at most${prices.length === 1 ? '' : ', one for each date'}${seconds === null ? '' : `: ${Math.ceil(seconds)} s of work`}${usd === 0 ? '' : `, ${usd.toFixed(2)} USD`}`,
  ];
}
