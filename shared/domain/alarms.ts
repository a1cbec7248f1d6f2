/**
 * What a person has to know: incidents, each once. Every expectation is exact, from the calendar: dates without games, the first 14 days of a
 * season and games that are not played yet are nobody's fault. The key of an alarm has no number in it that changes while the incident lasts.
 */
import { counted } from './counted.ts';
import { addDays, daysBetween, type GameDate } from './game-date.ts';
import { rootsAmong } from './holes.ts';
import { inARow, isDue, isHole, ledgerOf, type LedgerCell } from './ledger.ts';
import {
  isBuilt,
  isInDoubt,
  isPresent,
  refName,
  type PartitionRef,
  type PartitionState,
} from './partition.ts';
import type { RegisteredTable } from './registry.ts';
import { seasonOf, type Season } from './season.ts';
import type { SourceState } from './source-state.ts';
import { isComputed, PHASES, RAW_PHASE, type Phase } from './table.ts';
import { ALARM, HEAL } from './trust-limits.ts';
import { layerLimits, type Severity } from './validation.ts';
import { stateOf, statesOf, type View } from './view.ts';

export type AlarmKind =
  | 'phase4_short'
  | 'tables_short'
  | 'hole'
  | 'waiting_long'
  | 'degraded'
  | 'results'
  | 'outbox'
  | 'dead_letters'
  | 'backfill'
  | 'source';

/** One incident. */
export interface Alarm {
  /** Names the incident for as long as it lasts, such as `phase4_short@2023-11-14`. */
  readonly key: string;
  readonly kind: AlarmKind;
  readonly severity: Severity;
  /** One sentence. */
  readonly what: string;
  /** The first date that it is about; null when it is about no date. */
  readonly date: GameDate | null;
  readonly value: number;
  readonly threshold: number;
  /** The command that ends it, or with which a person looks further. */
  readonly cure: string;
}

/** What must be known beside the documents of partitions. */
export interface Circumstances {
  /** ISO, UTC. */
  readonly now: string;
  /** When the oldest message was written that is not published yet; null when there is none. */
  readonly oldestMessage: string | null;
  /** Subscriptions of messages that were set aside and not published again, one for each message. */
  readonly letters: readonly string[];
  readonly backfills: readonly WatchedBackfill[];
  readonly sources: readonly SourceState[];
}

/** A backfill that runs. */
export interface WatchedBackfill {
  readonly id: string;
  /** When something of it has last moved (ISO, UTC). */
  readonly movedAt: string;
  readonly done: number;
  readonly planned: number;
  /** Seconds since it began, without its pauses. */
  readonly seconds: number;
}

/** The ledger of every table and game date of the seasons of a view, by season. */
export type Ledger = ReadonlyMap<Season, readonly LedgerCell[]>;

/** Makes the ledger of all seasons of a view. */
export function wholeLedger(view: View): Ledger {
  return new Map(
    [...view.seasons].map(([season, { calendar }]) => [
      season,
      ledgerOf(view, view.registry.all, calendar.dates),
    ]),
  );
}

/** All alarms, those of phases first. @param view without game hashes */
export function alarmsOf(view: View, ledger: Ledger, circumstances: Circumstances): Alarm[] {
  const ofSeasons = [...ledger].flatMap(([season, cells]) => {
    const phase4 = phase4Short(view, season);
    const short = tablesShort(view, season, cells, phase4.length > 0);
    const isTold = ({ table }: PartitionRef): boolean => {
      const { phase } = view.registry.get(table).definition;
      const from = short[0]?.phase ?? (phase4.length > 0 ? 'phase4' : undefined);
      return from !== undefined && PHASES.indexOf(phase) >= PHASES.indexOf(from);
    };
    return [
      ...phase4,
      ...short.map(({ phase: _, ...alarm }) => alarm),
      ...holes(
        view,
        cells.filter((cell) => isHole(cell) && !isTold(cell)),
      ),
      ...degraded(view, season),
    ];
  });
  return [
    ...ofSeasons,
    ...waitingLong(view, ledger, circumstances.now),
    ...resultsLacking(view),
    ...operating(circumstances),
  ];
}

const PHASE3 = 'player_game_summary';
const PHASE4 = 'player_composite_factors';

/**
 * Stretches of a season in which phase 4 has fewer than 80 % of the games of phase 3 in some window of 7 days. For example, phase 3 was
 * backfilled through phase 3 only, and nobody has asked for phase 4.
 */
function phase4Short(view: View, season: Season): Alarm[] {
  if (!view.registry.has(PHASE3) || !view.registry.has(PHASE4)) return [];
  const days = ledgerOf(view, [view.registry.get(PHASE4)], view.seasons.get(season)?.calendar.dates ?? [])
    .filter(isDue)
    .map(({ date }) => ({
      date,
      phase3: gamesOf(stateOf(view, PHASE3, date)),
      phase4: gamesOf(stateOf(view, PHASE4, date)),
    }));
  const { days: length, share: limit } = ALARM.phase4;
  const stretches: { first: GameDate; last: GameDate; dates: Set<GameDate>; least: number }[] = [];
  let from = 0;
  for (let to = 0; to < days.length; to += 1) {
    const end = days[to]?.date;
    if (end === undefined) continue;
    while (daysBetween(days[from]?.date ?? end, end) >= length) from += 1;
    const within = days.slice(from, to + 1);
    const phase3 = within.reduce((sum, day) => sum + day.phase3, 0);
    const phase4 = within.reduce((sum, day) => sum + Math.min(day.phase3, day.phase4), 0);
    if (phase3 === 0 || phase4 >= limit * phase3) continue;
    const lacking = within.filter((day) => day.phase4 < day.phase3).map(({ date }) => date);
    const [first, last] = [lacking[0], lacking.at(-1)];
    if (first === undefined || last === undefined) continue;
    const known = stretches.at(-1);
    const least = phase4 / phase3;
    // A break without games does not end a stretch: its next date follows the last one.
    const next =
      known === undefined ? undefined : days[days.findIndex(({ date }) => date === known.last) + 1];
    if (known !== undefined && (within[0]?.date ?? end) <= (next?.date ?? known.last)) {
      for (const date of lacking) known.dates.add(date);
      known.last = last;
      known.least = Math.min(known.least, least);
    } else stretches.push({ first, last, dates: new Set(lacking), least });
  }
  return stretches.map(({ first, last, dates, least }) => ({
    key: `phase4_short@${first}`,
    kind: 'phase4_short',
    severity: 'fail',
    what: `phase 4 has too few games of phase 3 on ${counted(dates.size, 'date')} from ${first} to ${last}: ${percentText(least)} in the worst ${length} days`,
    date: first,
    value: rounded(least),
    threshold: limit,
    cure: `fullcourt backfill --start ${first} --end ${last} --from phase4 --through phase4`,
  }));
}

function gamesOf(state: PartitionState | undefined): number {
  return isBuilt(state) && !isInDoubt(state) ? state.games : 0;
}

/**
 * The first phase of a season in which a table has too few of its games; what is built from it is short for the same reason.
 * @param isPhase4Told whether phase 4 has an alarm of its own
 */
function tablesShort(
  view: View,
  season: Season,
  cells: readonly LedgerCell[],
  isPhase4Told: boolean,
): (Alarm & { readonly phase: Phase })[] {
  const byTable = Map.groupBy(cells, ({ table }) => table);
  for (const phase of PHASES) {
    if (isPhase4Told && PHASES.indexOf(phase) >= PHASES.indexOf('phase4')) return [];
    const short = view.registry.inPhase(phase).flatMap((table) => {
      const { name } = table.definition;
      const own = byTable.get(name) ?? [];
      const found = shareOf(view, own);
      const limit = layerLimits(name)?.fail ?? ALARM.tableShare;
      return found.share !== null && found.share < limit
        ? [{ name, limit, ...found, share: found.share }]
        : [];
    });
    const [worst] = short.toSorted((a, b) => a.share - b.share);
    if (worst === undefined) continue;
    const names = short.map(({ name, share }) => `${name} ${percentText(share)}`);
    const { first, last } = spanOf(short.flatMap(({ lacking }) => lacking));
    return [
      {
        key: `tables_short@${season}:${phase}`,
        kind: 'tables_short',
        severity: 'fail',
        what: `${season} lacks games in ${phase}: ${names.join(', ')}`,
        date: first,
        value: rounded(worst.share),
        threshold: worst.limit,
        cure:
          phase === RAW_PHASE
            ? 'fullcourt import --from DIR'
            : `fullcourt backfill --start ${first} --end ${last} --from ${phase}`,
        phase,
      },
    ];
  }
  return [];
}

/** How many of the games that some cells should have are there; null when they should have none. */
function shareOf(
  view: View,
  cells: readonly LedgerCell[],
): { readonly share: number | null; readonly lacking: readonly GameDate[] } {
  let [there, all] = [0, 0];
  const lacking: GameDate[] = [];
  for (const cell of cells) {
    if (!isDue(cell)) continue;
    const games = view.seasons.get(seasonOf(cell.date))?.calendar.games[cell.date]?.games ?? 0;
    all += games;
    if (isHole(cell)) lacking.push(cell.date);
    else there += games;
  }
  return { share: all === 0 ? null : there / all, lacking };
}

/** Holes by the partitions that they begin with: dates in a row of one table are one incident. */
function holes(view: View, cells: readonly LedgerCell[]): Alarm[] {
  if (cells.length === 0) return [];
  const rootsOf = rootsAmong(view, cells);
  const waiting = new Map<string, { readonly root: PartitionRef; cells: number }>();
  for (const cell of cells) {
    const root = rootsOf(cell)[0] ?? cell;
    const known = waiting.get(refName(root)) ?? { root, cells: 0 };
    known.cells += 1;
    waiting.set(refName(root), known);
  }
  const found = [...waiting.values()];
  return [...Map.groupBy(found, ({ root }) => root.table)].flatMap(([table, ofTable]) =>
    inARow(view, ofTable, ({ root }) => root.date).map((row): Alarm => {
      const { first, last } = spanOf(row.map(({ root }) => root.date));
      const isOfThisWeek = last >= addDays(view.today, -7);
      const all = row.reduce((sum, each) => sum + each.cells, 0);
      const dates =
        row.length === 1 ? `on ${first}` : `on ${counted(row.length, 'date')} from ${first} to ${last}`;
      return {
        key: `hole:${table}@${first}`,
        kind: 'hole',
        severity: row.length > HEAL.datesInARow || isOfThisWeek ? 'fail' : 'review',
        what: `${table} lacks rows ${dates}${all > row.length ? `; ${counted(all - row.length, 'cell waits', 'cells wait')} for it` : ''}`,
        date: first,
        value: row.length,
        threshold: 0,
        cure: `fullcourt gaps --start ${first} --end ${last}`,
      };
    }),
  );
}

/** Tables of a season of which too many rows were computed without their context row. */
function degraded(view: View, season: Season): Alarm[] {
  return view.registry.all.flatMap(({ definition: { name, phase } }): Alarm[] => {
    const states = Object.entries(statesOf(view.seasons.get(season), name));
    const built = states.filter(([, state]) => isBuilt(state) && state.syntheticRows > 0);
    if (built.length === 0) return [];
    const rows = states.reduce((sum, [, state]) => sum + (isBuilt(state) ? state.rows : 0), 0);
    const synthetic = built.reduce((sum, [, state]) => sum + state.syntheticRows, 0);
    if (synthetic <= ALARM.degradedShare * rows) return [];
    const { first, last } = spanOf(built.map(([date]) => date as GameDate));
    return [
      {
        key: `degraded:${name}@${season}`,
        kind: 'degraded',
        severity: 'review',
        what: `${percentText(synthetic / rows)} of the rows of ${name} in ${season} were computed without their context row`,
        date: first,
        value: rounded(synthetic / rows),
        threshold: ALARM.degradedShare,
        cure: `fullcourt backfill --start ${first} --end ${last} --tables ${name} --through ${phase} --force`,
      },
    ];
  });
}

/** Tables whose partitions of past dates have waited, been blocked or run for too long. */
function waitingLong(view: View, ledger: Ledger, now: string): Alarm[] {
  const since = new Date(Date.parse(now) - ALARM.waitingHours * 3_600_000).toISOString();
  const late = [...ledger.values()].flat().filter(({ table, date, state }) => {
    const updatedAt = state === 'waiting' ? stateOf(view, table, date)?.updatedAt : undefined;
    return updatedAt !== undefined && updatedAt !== '' && updatedAt < since && date < view.today;
  });
  return [...Map.groupBy(late, ({ table }) => table)].map(([table, own]): Alarm => {
    const { first } = spanOf(own.map(({ date }) => date));
    const hours = Math.max(
      ...own.map((cell) => hoursBetween(stateOf(view, table, cell.date)?.updatedAt ?? now, now)),
    );
    return {
      key: `waiting_long:${table}`,
      kind: 'waiting_long',
      severity: 'fail',
      what: `${table} has waited for ${Math.floor(hours)} hours on ${counted(own.length, 'date')} from ${first} on`,
      date: first,
      value: Math.floor(hours),
      threshold: ALARM.waitingHours,
      cure: `fullcourt why ${first} ${table}`,
    };
  });
}

/** Dates of the present season that are over and of which no result is known. */
function resultsLacking(view: View): Alarm[] {
  const season = view.seasons.get(seasonOf(view.today));
  const dates =
    season?.calendar.dates.filter((date) => {
      const day = season.calendar.games[date];
      const played = day?.playedGames ?? day?.finalGames ?? 0;
      return (
        date >= season.calendar.openingNight &&
        addDays(date, ALARM.resultDays) <= view.today &&
        (day?.games ?? 0) > 0 &&
        played === 0
      );
    }) ?? [];
  if (dates.length === 0) return [];
  const { first, last } = spanOf(dates);
  return [
    {
      key: `results@${first}`,
      kind: 'results',
      severity: 'fail',
      what: `no result is known of ${counted(dates.length, 'date')} with games from ${first} to ${last}`,
      date: first,
      value: dates.length,
      threshold: 0,
      cure: `fullcourt ingest --date ${first}`,
    },
  ];
}

/** What does not move, and who does not answer. */
function operating({ now, oldestMessage, letters, backfills, sources }: Circumstances): Alarm[] {
  const alarm = (of: Omit<Alarm, 'date'>): Alarm => ({ ...of, date: null });
  const outbox = oldestMessage === null ? 0 : Math.floor(hoursBetween(oldestMessage, now) * 60);
  const { reviewMinutes, failMinutes } = ALARM.backfill;
  return [
    ...(outbox < ALARM.outboxMinutes
      ? []
      : [
          alarm({
            ...{
              key: 'outbox',
              kind: 'outbox',
              severity: 'fail',
              value: outbox,
              threshold: ALARM.outboxMinutes,
            },
            what: `a message has waited for ${outbox} minutes to be published: no process does the work`,
            cure: 'fullcourt status',
          }),
        ]),
    ...[...Map.groupBy(letters, (subscription) => subscription)].map(([subscription, own]) =>
      alarm({
        ...{ key: `dead_letters:${subscription}`, kind: 'dead_letters', severity: 'fail' },
        ...{ value: own.length, threshold: 0 },
        what: `${counted(own.length, 'message')} of ${subscription} ${own.length === 1 ? 'was' : 'were'} set aside`,
        cure: 'fullcourt dead-letters',
      }),
    ),
    ...backfills.flatMap(({ id, movedAt, done, planned, seconds }) => {
      const minutes = Math.floor(hoursBetween(movedAt, now) * 60);
      if (minutes < reviewMinutes) return [];
      const rate =
        done === 0 ? '' : `, ${Math.round((done / Math.max(seconds, 1)) * 3600)} an hour until then`;
      return [
        alarm({
          ...{ key: `backfill:${id}`, kind: 'backfill', value: minutes },
          severity: minutes < failMinutes ? 'review' : 'fail',
          threshold: minutes < failMinutes ? reviewMinutes : failMinutes,
          what: `nothing of ${id} has moved for ${minutes} minutes: ${done} of ${planned} partitions are built${rate}`,
          cure: `fullcourt backfills watch ${id}`,
        }),
      ];
    }),
    ...sources.flatMap(({ source, endpoints }) =>
      Object.entries(endpoints).flatMap(([endpoint, { lastGood, askedAt, refusals, detail }]) => {
        const hours = lastGood === null ? Infinity : hoursBetween(lastGood, askedAt);
        const isAsked = hoursBetween(askedAt, now) < ALARM.source.hours;
        if (!isAsked || hours < ALARM.source.hours || refusals < ALARM.source.refusals) return [];
        return [
          alarm({
            ...{ key: `source:${source}.${endpoint}`, kind: 'source', severity: 'review' },
            ...{ value: refusals, threshold: ALARM.source.refusals },
            what: `${source} has had no sound answer about ${endpoint} ${lastGood === null ? 'yet' : `since ${lastGood.slice(0, 16)}Z`}${detail === null ? '' : `: ${detail}`}`,
            cure: 'fullcourt sources',
          }),
        ];
      }),
    ),
  ];
}

/** How much of a table is there in two weeks. */
export interface Layer {
  readonly table: string;
  readonly phase: Phase;
  readonly thisWeek: WeekGames;
  readonly lastWeek: WeekGames;
  /** Of this week. */
  readonly verdict: 'pass' | Severity;
}

export interface WeekGames {
  readonly start: GameDate;
  readonly end: GameDate;
  /** Games that should have rows, and those that do. */
  readonly expected: number;
  readonly games: number;
}

/** Below this share of its games a person should look at a layer. */
const LOOK_AT = 0.9;

/**
 * Each table of games in the seven days that end on a date, and in the seven before.
 * @param end today; where no games were for two weeks, the last date with games
 */
export function layersOf(view: View, ledger: Ledger, end: GameDate): Layer[] {
  const tables = view.registry.all.filter(
    ({ definition }) => isComputed(definition) || definition.tells === 'box_scores',
  );
  const weeks = [end, addDays(end, -7)].map((last) => ({ start: addDays(last, -6), end: last }));
  return tables.flatMap((table): Layer[] => {
    const { name, phase } = table.definition;
    const [thisWeek, lastWeek] = weeks.map((week) => weekOf(view, ledger, table, week));
    if (thisWeek === undefined || lastWeek === undefined || thisWeek.expected + lastWeek.expected === 0)
      return [];
    const share = thisWeek.expected === 0 ? 1 : thisWeek.games / thisWeek.expected;
    const fail = layerLimits(name)?.fail ?? ALARM.tableShare;
    const verdict = share < fail ? 'fail' : share < LOOK_AT ? 'review' : 'pass';
    return [{ table: name, phase, thisWeek, lastWeek, verdict }];
  });
}

/** The end of the week that is compared: today, or the last date with games when there were none for two weeks. */
export function endOfWeek(view: View): GameDate {
  const dates = [...view.seasons.values()]
    .flatMap(({ calendar }) => calendar.dates.filter((date) => (calendar.games[date]?.games ?? 0) > 0))
    .filter((date) => date <= view.today);
  const last = dates.sort().at(-1);
  return last === undefined || last > addDays(view.today, -14) ? view.today : last;
}

function weekOf(
  view: View,
  ledger: Ledger,
  { definition }: RegisteredTable,
  { start, end }: Pick<WeekGames, 'start' | 'end'>,
): WeekGames {
  let [expected, games] = [0, 0];
  for (const season of new Set([seasonOf(start), seasonOf(end)]))
    for (const cell of ledger.get(season) ?? []) {
      const { table, date } = cell;
      if (table !== definition.name || date < start || date > end || !isDue(cell)) continue;
      const ofDate = view.seasons.get(season)?.calendar.games[date]?.games ?? 0;
      const found = stateOf(view, table, date);
      expected += ofDate;
      if (!isBuilt(found) || isInDoubt(found)) continue;
      const isOfGames = 'game_id' in definition.columns;
      games += isOfGames ? Math.min(ofDate, found.games) : isPresent(found) ? ofDate : 0;
    }
  return { start, end, expected, games };
}

function spanOf(dates: readonly GameDate[]): { readonly first: GameDate; readonly last: GameDate } {
  const sorted = dates.toSorted();
  return { first: sorted[0] as GameDate, last: sorted.at(-1) as GameDate };
}

const percentText = (share: number): string => `${Math.floor(share * 1000) / 10} %`;
const rounded = (share: number): number => Math.round(share * 1e4) / 1e4;
const hoursBetween = (from: string, until: string): number =>
  (Date.parse(until) - Date.parse(from)) / 3_600_000;
