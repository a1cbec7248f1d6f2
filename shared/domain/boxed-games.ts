/**
 * The games that box scores have and of which the schedule has no final score, on whatever date: the schedule lacks them from the
 * beginning, its line of them is refused, or it is older than the box scores. Such a game was played, so the tables that tell which
 * games there are have a row of it.
 */
import type { Archive, ArchivedEntry } from './archive.ts';
import { knownAfterGame } from './assumed-times.ts';
import type { GameDate } from './game-date.ts';
import { isSeasonType, kindOfGame, parseNbaGameId } from './game-id.ts';
import { denialSeenAt, type Denial } from './leaving.ts';
import { memoized } from './memoized.ts';
import { moreGamesFrom, type TableDefinition } from './table.ts';

/** The archives of a season by raw table. */
type Archives = ReadonlyMap<string, Archive | undefined>;

/** The games of a date that box scores have and of which the files of the table have no final score, ascending. */
export function boxedGames(
  { name }: Pick<TableDefinition, 'name'>,
  source: string,
  archives: Archives,
  date: GameDate,
): readonly string[] {
  return boxedIn(archives.get(name), archives.get(source)).get(date) ?? NONE;
}

/** The dates of these games by all box scores that a table reads; none for a table that has no rows of them. */
export function boxedDates(definition: TableDefinition, archives: Archives): readonly GameDate[] {
  const schedule = archives.get(definition.name);
  return moreGamesFrom(definition).flatMap((source) => [...boxedIn(schedule, archives.get(source)).keys()]);
}

/** Whether a file says something of a date of a raw table: one of its own, or box scores with games that these do not know. */
export function isSpokenOf(definition: TableDefinition, archives: Archives, date: GameDate): boolean {
  return (
    archives.get(definition.name)?.slices[date] !== undefined ||
    boxedDates(definition, archives).includes(date)
  );
}

/** What box scores say of these games on a date, as it enters the fingerprint of the raw partition; empty when they have none. */
export function boxedContent(
  definition: Pick<TableDefinition, 'name'>,
  source: string,
  archives: Archives,
  date: GameDate,
): string {
  const games = boxedGames(definition, source, archives, date);
  const boxes = archives.get(source);
  if (games.length === 0 || boxes === undefined) return '';
  const ofDate = (boxes.slices[date] ?? []).filter(({ subjects }) =>
    subjects.some((game) => games.includes(game)),
  );
  return `${games.join(' ')} in ${ofDate.map(({ digest }) => digest).join(' ')}`;
}

const NONE: readonly never[] = [];
const NO_DATES: ReadonlyMap<GameDate, readonly string[]> = new Map();

function boxedIn(
  schedule: Archive | undefined,
  boxes: Archive | undefined,
): ReadonlyMap<GameDate, readonly string[]> {
  return schedule === undefined || boxes === undefined ? NO_DATES : boxedByDate(schedule, boxes);
}

const boxedByDate = memoized((schedule: Archive, boxes: Archive) => {
  const finals = new Set(
    Object.values(schedule.slices).flatMap((ofDate) => ofDate.flatMap((slice) => slice.finals ?? [])),
  );
  /** Game -> the last of the schedules that agree on its leaving. */
  const left = new Map(
    (schedule.leaving ?? []).flatMap(({ game, hasLeft, denials }): [string, Denial | undefined][] =>
      hasLeft ? [[game, denials.at(-1)]] : [],
    ),
  );
  const byDate = new Map<GameDate, readonly string[]>();
  for (const [date, ofDate] of Object.entries(boxes.slices) as [GameDate, Archive['slices'][string]][]) {
    const games = ofDate.flatMap(({ entry, subjects }) =>
      subjects.filter(
        (game) =>
          !finals.has(game) && isCounted(game) && isSaidAfter(boxes.entries[entry], left.get(game), date),
      ),
    );
    if (games.length > 0) byDate.set(date, [...new Set(games)].sort());
  }
  return byDate;
});

/**
 * Whether box scores were learned after a schedule had denied their game. Of a historical file and an answer of a time the file says
 * nothing later than it could have been known, whenever it was imported.
 */
function isSaidAfter(boxes: ArchivedEntry | undefined, denial: Denial | undefined, date: GameDate): boolean {
  if (denial === undefined) return true;
  if (boxes === undefined) return false;
  const { observedAt, observedKind } = boxes;
  if (observedKind === 'measured') return observedAt > denialSeenAt(denial, observedAt, date);
  const isMeasured = denial.isAssumed !== true && denial.source !== 'files';
  const at = isMeasured && observedAt > denial.observedAt ? knownAfterGame(date) : observedAt;
  return at > denial.observedAt;
}

/** Whether a subject is a game of a kind that the pipeline reads; games of the preseason are not. */
function isCounted(subject: string): boolean {
  const id = parseNbaGameId(subject);
  return id !== undefined && isSeasonType(kindOfGame(id));
}
