/** Seasons: which season a date belongs to, and how long its bootstrap period lasts. */
import { addDays, daysBetween, gameDate, type GameDate } from './game-date.ts';

/** A season's label, such as `2023-24`. */
export type Season = string;

/**
 * Length of the bootstrap period in days, opening night included. In it phases 4 and 5 have too little
 * history and are not computed.
 */
export const BOOTSTRAP_DAYS = 14;

/** The day on which a season follows another, in the years in which it is not 1 October. */
const TURN_OVERS: Readonly<Record<number, string>> = {
  // The season 2019-20 stood still from March to July and ended on 2020-10-11; 2020-21 began on 2020-12-22.
  2020: '11-01',
};

/** Labels are asked for with every date, so those of the league's years are made once. */
const FIRST_LABEL = 1946;
const LABELS: readonly Season[] = Array.from({ length: 200 }, (_, i) => labelOf(FIRST_LABEL + i));
const YEARS: ReadonlyMap<string, TurnOver> = new Map(
  LABELS.map((_, i) => [String(FIRST_LABEL + i), turnOverIn(FIRST_LABEL + i)]),
);

/** When one season follows another in a calendar year. */
interface TurnOver {
  /** The first date of the later one. */
  readonly first: GameDate;
  readonly before: Season;
  readonly from: Season;
}

function turnOverIn(year: number): TurnOver {
  const first = `${String(year).padStart(4, '0')}-${TURN_OVERS[year] ?? '10-01'}` as GameDate;
  return { first, before: labelOf(year - 1), from: labelOf(year) };
}

/** The first date that belongs to a season: 2024-10-01 for 2024-25. The opening night is later. */
export function firstDateOf(season: Season): GameDate {
  const year = seasonYear(season);
  return gameDate(`${year}-${TURN_OVERS[year] ?? '10-01'}`);
}

/** The last date that belongs to a season: 2024-09-30 for 2023-24. */
export function lastDateOf(season: Season): GameDate {
  return addDays(firstDateOf(seasonStarting(seasonYear(season) + 1)), -1);
}

/**
 * The season that a date belongs to. Seasons change on 1 October: 2024-09-30 is in 2023-24, 2024-10-01 in 2024-25. In 2020
 * they changed on 1 November.
 */
export function seasonOf(date: GameDate): Season {
  const year = date.slice(0, 4);
  const { first, before, from } = YEARS.get(year) ?? turnOverIn(Number(year));
  return date >= first ? from : before;
}

/** The label of the season that starts in the autumn of `year`. */
export function seasonStarting(year: number): Season {
  return LABELS[year - FIRST_LABEL] ?? labelOf(year);
}

function labelOf(year: number): Season {
  return `${year}-${String((year + 1) % 100).padStart(2, '0')}`;
}

/** The year in which a season starts: 2023 for 2023-24. */
export function seasonYear(season: Season): number {
  return Number(season.slice(0, 4));
}

/**
 * The seasons of which a range of dates holds days on which games can be played. In August and September there are none, so
 * 2021-09-01 to 2021-11-01 is about 2021-22 alone. 2019-20 was played until October.
 */
export function seasonsBetween(start: GameDate, end: GameDate): Season[] {
  const seasons: Season[] = [];
  for (let year = seasonYear(seasonOf(start)); year <= seasonYear(seasonOf(end)); year++) {
    const lastDay = year === 2019 ? `${year + 1}-09-30` : `${year + 1}-07-31`;
    if (start <= lastDay && end >= `${year}-10-01`) seasons.push(seasonStarting(year));
  }
  return seasons;
}

/** Whether `text` is the label of a season: `2023-24` is, `2023-25` is not. */
export function isSeason(text: string): boolean {
  return /^\d{4}-\d{2}$/.test(text) && seasonStarting(Number(text.slice(0, 4))) === text;
}

/**
 * Whether `date` is one of the first {@link BOOTSTRAP_DAYS} calendar days of the season that began on
 * `openingNight`.
 */
export function isBootstrap(date: GameDate, openingNight: GameDate): boolean {
  const day = daysBetween(openingNight, date);
  return day >= 0 && day < BOOTSTRAP_DAYS;
}

/** Seasons in a sentence: `2021-22, 2023-24`; more than three in a row as `1946-47 to 2020-21`. */
export function seasonsText(seasons: readonly Season[]): string {
  const rows: Season[][] = [];
  for (const season of [...seasons].sort()) {
    const last = rows.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && seasonYear(season) === seasonYear(before) + 1)
      last.push(season);
    else rows.push([season]);
  }
  return rows.map((row) => (row.length > 3 ? `${row[0]} to ${row.at(-1)}` : row.join(', '))).join(', ');
}
