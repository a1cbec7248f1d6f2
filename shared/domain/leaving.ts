/**
 * Games that were played and that a newer entry does not have any more, or has with other teams or on another date. Such a game
 * leaves, or changes, only when two observations agree: of two sources, or an hour apart. Until then its old rows stay. Every answer is
 * computed from the observations alone, so it is the same in whatever order they come.
 */
import { knownAfterGame, scheduleKnownFrom } from './assumed-times.ts';
import type { GameDate } from './game-date.ts';
import type { Slice } from './archive.ts';

/** The code of a cell that keeps rows of a game which a newer entry does not have any more. */
export const SHRUNK_SOURCE = 'shrunk_source';

/** Two observations of one source agree when they are at least this many minutes apart. */
const MINUTES_BETWEEN_FETCHES = 60;

/** One observation that a game which was played is not there any more. */
export interface Denial {
  /** The name of the file or payload. */
  readonly name: string;
  readonly source: string;
  /** When it was learned (ISO, UTC). */
  readonly observedAt: string;
  /** Set when nobody knows when it was learned, and `observedAt` is when its file was imported. */
  readonly isAssumed?: true;
  /**
   * `no row`: it does not have the game. `no score`: it has the game as one that was not played, with the lines of `instead`.
   * `other teams`: it has the game with other teams, or with home and away exchanged. `other date`: it has the game, with a
   * score, on the date of `instead`. `unread`: its line of the game cannot be
   * loaded, so that it says nothing and agrees with nothing.
   */
  readonly says: 'no row' | 'no score' | 'other teams' | 'other date' | 'unread';
  /** The other teams, such as `DEN at LAL`. */
  readonly teams?: string;
  /** What it says of the game instead. */
  readonly instead?: { readonly date: GameDate; readonly slice: Slice };
}

/** What denies that a game was played, since an entry last had it. */
export interface Leaving {
  /** The kind of the entries, such as `schedule`. */
  readonly kind: string;
  readonly game: string;
  /** The date on which its rows are, or were. */
  readonly date: GameDate;
  /** The teams that it had, such as `DEN at LAL`; absent where they are not known. */
  readonly teams?: string;
  /** Ordered by time; no more of them than are needed to tell whether they agree. */
  readonly denials: readonly Denial[];
  /** Whether the denials agree: then its rows are gone. */
  readonly hasLeft: boolean;
}

/** Whether the game has left: some two of the denials say the same, of two sources, or an hour apart. */
export function agree(denials: readonly Denial[]): boolean {
  return agreed(denials) !== undefined;
}

/** The newest denial with which another one agrees: what it says counts. */
export function agreed(denials: readonly Denial[]): Denial | undefined {
  return denials.findLast((one) => denials.some((other) => doAgree(one, other)));
}

/**
 * When a denial was learned, as it compares with what was measured at a time. A historical file says nothing later than it could have
 * been known, whenever it was imported.
 * @param measuredAt when the other observation was made (ISO, UTC)
 * @param date of the game
 */
export function denialSeenAt(denial: Denial, measuredAt: string, date: GameDate): string {
  if (denial.isAssumed !== true || measuredAt >= denial.observedAt) return denial.observedAt;
  return denial.says === 'no score' ? scheduleKnownFrom(date) : knownAfterGame(date);
}

function doAgree(one: Denial, other: Denial): boolean {
  const apart = Math.abs(Date.parse(other.observedAt) - Date.parse(one.observedAt));
  return (
    one.says !== 'unread' &&
    other.says !== 'unread' &&
    one.teams === other.teams &&
    dateSaid(one) === dateSaid(other) &&
    // When an answer was imported as a file says nothing of how long after another answer of its source it was given.
    (other.source !== one.source ||
      ((one.source === 'files' || other.isAssumed === one.isAssumed) &&
        apart >= MINUTES_BETWEEN_FETCHES * 60_000))
  );
}

/** The other date on which a denial has the game. */
function dateSaid({ says, instead }: Denial): GameDate | undefined {
  return says === 'other date' ? instead?.date : undefined;
}

/**
 * The denials with one more, as far as they matter. When the newest ones agree by themselves, older ones can change nothing,
 * whatever is learned later. Of those that say nothing only the newest is of use to a person.
 */
export function withDenial(denials: readonly Denial[], denial: Denial): readonly Denial[] {
  const isSame = (each: Denial): boolean =>
    each.source === denial.source && each.observedAt === denial.observedAt;
  const sorted = [...denials.filter((each) => !isSame(each)), denial].sort((a, b) =>
    `${a.observedAt} ${a.source}` < `${b.observedAt} ${b.source}` ? -1 : 1,
  );
  const unread = sorted.findLast(({ says }) => says === 'unread');
  const all = sorted.filter((each) => each.says !== 'unread' || each === unread);
  let first = 0;
  while (agree(all.slice(first + 1))) first += 1;
  return all.slice(first);
}

/** The denials that are left after an observation has said again that the game was played. */
export function deniedSince(
  denials: readonly Denial[],
  is: { readonly observedAt: string; readonly isAssumed: boolean; readonly date: GameDate },
): readonly Denial[] {
  return denials.filter((denial) => {
    const at = is.isAssumed ? denial.observedAt : denialSeenAt(denial, is.observedAt, is.date);
    return at > is.observedAt;
  });
}

/** For a person: which game newer entries do not have, and what makes it leave. */
export function leavingText({ game, denials }: Leaving): string {
  const newest = denials.at(-1);
  if (newest === undefined) return game;
  return `game ${game} ${whatIsSaid(newest)} in ${newest.name} of ${newest.observedAt.slice(0, 16).replace('T', ' ')} UTC`;
}

function whatIsSaid({ says, teams, instead }: Denial): string {
  switch (says) {
    case 'no row':
      return 'has no row';
    case 'no score':
      return 'has no final score';
    case 'other teams':
      return `has other teams (${teams})`;
    case 'other date':
      return `is on ${instead?.date ?? 'another date'}`;
    case 'unread':
      return 'has a line that cannot be loaded';
    default:
      return says satisfies never;
  }
}

/** The reason of a cell that keeps rows of such games; null when there are none. */
export function shrunkText(held: readonly Leaving[]): string | null {
  const [first, ...others] = held;
  if (first === undefined) return null;
  const more = others.slice(0, MAX_NAMED - 1).map((each) => `; ${leavingText(each)}`);
  const rest = held.length > MAX_NAMED ? ` and ${held.length - MAX_NAMED} more` : '';
  const [its, changes] = held.length === 1 ? ['its', 'that counts'] : ['their', 'each counts'];
  return `${SHRUNK_SOURCE}: ${leavingText(first)}${more.join('')}${rest}; ${its} old rows stay. If that is right, ${changes} when another source says so, or the same one at least an hour later, or at once with: fullcourt import --replace FILES`;
}

/** Games that a reason names one by one. */
const MAX_NAMED = 4;
