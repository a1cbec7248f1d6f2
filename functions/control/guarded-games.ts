/** Which games an import may not take away by its word alone, and for which dates its files speak. Pure. */
import {
  leftGames,
  playedGames,
  type Archive,
  type ArchivedImport,
  type Slice,
} from '../../shared/domain/archive.ts';
import { MAX_ROW_DROP } from '../../shared/domain/audit.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { SCHEDULE_KINDS, type FileKind } from '../../shared/domain/file-kinds.ts';
import { agreed, leavingText } from '../../shared/domain/leaving.ts';
import type { Guard, Span } from '../../shared/domain/losses.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import { listText } from './list-text.ts';

/** Kinds of files that tell of games that were played. */
const KINDS: readonly FileKind[] = [
  ...SCHEDULE_KINDS,
  'player_box',
  'player_box_lite',
  'team_box',
  'team_box_lite',
  'shots',
  'play_by_play',
];

/** Games that a file may take away at most: as many as one night has, or this share of those that are known. */
const MOST_LOST = 15;
const MOST_LOST_SHARE = 0.05;

/**
 * The guard of the files of one table and season. A file speaks for the dates from its first to its last when it has more than
 * half of the games that are known of them, and lacks no more than a night may have. Otherwise it has new days or corrections,
 * and speaks only for the games it has.
 * @param played games that have rows of box scores
 * @param rowsOn the dates of these rows, as they are after the import
 */
export function guardOf(
  { entries, slices }: Pick<ArchivedImport, 'entries' | 'slices'>,
  before: Archive | undefined,
  played: readonly string[],
  rowsOn: ReadonlyMap<string, readonly GameDate[]>,
): Guard {
  const kinds = KINDS.filter((kind) => Object.values(entries).some((entry) => entry.kind === kind));
  return {
    kinds: Object.fromEntries(
      kinds.map((kind) => [kind, spanOf(kind, entries, slices, before, new Set(played))]),
    ),
    played,
    rowsOn,
  };
}

function spanOf(
  kind: FileKind,
  entries: ArchivedImport['entries'],
  slices: ArchivedImport['slices'],
  before: Archive | undefined,
  played: ReadonlySet<string>,
): Span | null {
  const own = Object.values(entries).filter((entry) => entry.kind === kind);
  if (own.some(({ name }) => /_partial_/.test(name))) return null;
  const isOwn = ({ entry }: Slice): boolean => entries[entry]?.kind === kind;
  const dates = [...slices].flatMap(([date, ofDate]) => (ofDate.some(isOwn) ? [date] : [])).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return null;
  const has = new Set(
    [...slices.values()].flatMap((ofDate) => ofDate.filter(isOwn).flatMap(({ subjects }) => subjects)),
  );
  const known = Object.entries(before?.slices ?? {}).flatMap(([date, ofDate]) =>
    date < first || date > last
      ? []
      : ofDate
          .filter(({ entry }) => before?.entries[entry]?.kind === kind)
          .flatMap(({ subjects, finals }) =>
            subjects.filter((game) => finals === undefined || finals.includes(game) || played.has(game)),
          ),
  );
  const lacking = known.filter((game) => !has.has(game)).length;
  const isFragment =
    known.length - lacking <= (1 - MAX_ROW_DROP) * known.length || lacking > mostLost(known.length);
  return lacking > 0 && isFragment ? null : { first, last };
}

function mostLost(known: number): number {
  return Math.max(MOST_LOST, MOST_LOST_SHARE * known);
}

/** What is planned of one table and season. */
interface Planned {
  readonly table: string;
  readonly season: Season;
  readonly before: Archive | undefined;
  readonly incoming: ArchivedImport;
  readonly after: Archive;
}

/**
 * A schedule that has more games than a night has without their scores, with other teams, or on other dates, is an old or a
 * damaged one, and is refused as a whole.
 * @throws RequestError when a schedule takes so many final scores away, or changes the teams or the dates of so many games
 */
export function refuseLostScores(planned: readonly Planned[]): void {
  for (const { before, incoming, after, season } of planned) {
    const final = new Set(playedGames(before, 'schedule'));
    const says = [...incoming.slices.values()].flat().filter(({ finals }) => finals !== undefined);
    const again = new Set(says.flatMap(({ finals = [] }) => finals));
    const lost = [...new Set(says.flatMap(({ subjects }) => subjects))].filter(
      (game) => final.has(game) && !again.has(game),
    );
    const teams = teamsOf(Object.values(before?.slices ?? {}).flat());
    const changed = [...teamsOf(says)].flatMap(([game, others]) =>
      (teams.get(game) ?? others) === others ? [] : [game],
    );
    const observed = new Set(Object.values(incoming.entries).map(({ observedAt }) => observedAt));
    const moved = (after.leaving ?? []).flatMap(({ game, denials }) => {
      const newest = denials.at(-1);
      return newest?.says === 'other date' && observed.has(newest.observedAt) ? [game] : [];
    });
    const found = (
      [
        [lost, `no final score of ${counted(lost.length, 'game that was', 'games that were')} final`],
        [changed, `other teams of ${counted(changed.length, 'game that was', 'games that were')} played`],
        [moved, `other dates of ${counted(moved.length, 'game that was', 'games that were')} played`],
      ] as const
    ).find(([each]) => each.length > mostLost(final.size));
    if (found === undefined) continue;
    const [games, what] = found;
    const names = Object.values(incoming.entries).flatMap(({ kind, name }) =>
      SCHEDULE_KINDS.includes(kind as FileKind) ? [name] : [],
    );
    throw new RequestError(
      `${names.join(', ')} has ${what} in ${season} (${listText(games, 3)}): it is older than what is known, or damaged; nothing was imported. Get the file again, or add --replace if it is right`,
    );
  }
}

function teamsOf(slices: readonly Slice[]): Map<string, string> {
  return new Map(slices.flatMap(({ teams = {} }) => Object.entries(teams)));
}

/** One line for each game that was played, that the files do not have, and whose rows stay for now. */
export function heldBy(planned: readonly Planned[], observedAt: string): string[] {
  const lines = planned.flatMap(({ after: { leaving = [] } }) =>
    leaving
      .filter(({ hasLeft, denials }) => !hasLeft && denials.at(-1)?.observedAt === observedAt)
      .map((each) => `${each.date}: ${leavingText(each)}; the rows that are there stay`),
  );
  return [...new Set(lines)];
}

/** One line for each game that leaves, because the files say the same as others before them. */
export function leftBy(planned: readonly Planned[]): string[] {
  return planned.flatMap(({ table, before, after }) => {
    const known = new Set(leftGames(before));
    return (after.leaving ?? [])
      .filter(({ game, hasLeft }) => hasLeft && !known.has(game))
      .map(
        (each) =>
          `${table} ${MEANS_CHANGE.has(agreed(each.denials)?.says) ? 'changes' : 'loses'} its rows of ${each.date}: ${leavingText(each)}, and an observation before it agrees`,
      );
  });
}

/** What two observations may agree on without the game being gone. */
const MEANS_CHANGE = new Set<string | undefined>(['other teams', 'other date']);
