/** What an import would take away of games that were played, and what becomes of it. Pure. */
import type { Archive, ArchivedEntry, ArchivedImport, Slice } from './archive.ts';
import { knownAfterGame, scheduleKnownFrom } from './assumed-times.ts';
import type { GameDate } from './game-date.ts';
import { agree, agreed, deniedSince, withDenial, type Denial, type Leaving } from './leaving.ts';

/** A stretch of game dates, both ends included. */
export interface Span {
  readonly first: GameDate;
  readonly last: GameDate;
}

/** Which games an import may not take away by its word alone. */
export interface Guard {
  /** The kinds of its files whose games are kept, each with the dates for which it speaks; null where it speaks only for the games it has. */
  readonly kinds: Readonly<Record<string, Span | null>>;
  /** Games that are known to have been played although no schedule has their score: those with rows of another kind. */
  readonly played: readonly string[];
  /** The dates on which rows of another kind have each of them, as they are after the import. */
  readonly rowsOn?: ReadonlyMap<string, readonly GameDate[]>;
}

/** What becomes of the games of an import and of an archive. */
export interface Judgement {
  /** Keys of subjects for which the archive stays as it is, whatever the import says. */
  readonly held: ReadonlySet<string>;
  /** Keys of subjects whose rows leave, and for which nothing of the import counts either. */
  readonly gone: ReadonlySet<string>;
  /** What counts of a game that has left, by date: newer entries have it as one that was not played. */
  readonly instead: ReadonlyMap<GameDate, readonly Slice[]>;
  readonly leaving: readonly Leaving[];
}

/** One key for what a kind of entry says of a game. */
export function subjectKey(kind: string, subject: string): string {
  return `${kind} ${subject}`;
}

/** What some entries say of one game. */
interface Mention {
  readonly date: GameDate;
  readonly slice: Slice;
  readonly observedAt: string;
  /** Whether nobody knows when it was learned, and `observedAt` is when its file was imported. */
  readonly isAssumed: boolean;
  /** Whether it says that the game was played: a schedule by its final score, every other kind by its rows. */
  readonly isPlayed: boolean;
  /** Whether it has a line of the game that cannot be loaded, and no other. */
  readonly isUnread: boolean;
  /** The teams of a game that was played, by a schedule. */
  readonly teams: string | undefined;
}

/**
 * Compares an import with what is archived. A game that was played leaves when denials agree, see `leaving.ts`; what is older
 * than the archived rows of a game takes nothing away.
 */
export function judgeLosses(old: Archive, incoming: ArchivedImport): Judgement {
  const leaving = new Map((old.leaving ?? []).map((each) => [subjectKey(each.kind, each.game), each]));
  const held = new Set<string>();
  const gone = new Set<string>();
  const instead = new Map<GameDate, Slice[]>();
  if (incoming.guard === undefined) {
    for (const [key, { kind }] of leaving) if (incoming.wholeSeason.includes(kind)) leaving.delete(key);
    return { held, gone, instead, leaving: [...leaving.values()] };
  }
  const played = new Set(incoming.guard.played);
  const { rowsOn = new Map<string, readonly GameDate[]>() } = incoming.guard;
  for (const [kind, span] of Object.entries(incoming.guard.kinds)) {
    const entry = Object.values(incoming.entries).find((each) => each.kind === kind);
    if (entry === undefined) continue;
    const says = mentionsOf(kind, incoming.entries, incoming.slices);
    const known = mentionsOf(kind, old.entries, Object.entries(old.slices) as [GameDate, readonly Slice[]][]);
    const games = [...leaving.values()].flatMap((each) => (each.kind === kind ? [each.game] : []));
    for (const game of new Set([...known.keys(), ...says.keys(), ...games])) {
      const key = subjectKey(kind, game);
      const [is, before] = [says.get(game), leaving.get(key)];
      const was = asSeenBy(entry, known.get(game));
      const date = before?.hasLeft === true ? before.date : was?.date;
      if (date === undefined) continue;
      const isPlayed = before?.hasLeft === true || was?.isPlayed === true || played.has(game);
      const teams = before === undefined ? was?.teams : before.teams;
      const hasOthers = teams !== undefined && is?.teams !== undefined && is.teams !== teams;
      const wasFinal = before?.hasLeft === true || was?.isPlayed === true;
      const hasMoved = is?.isPlayed === true && hasOtherDate(is.date, date, wasFinal, rowsOn.get(game));
      const isDenied =
        is === undefined
          ? isPlayed && span !== null && span.first <= date && date <= span.last
          : ((!is.isPlayed || hasOthers) && wasFinal) || hasMoved;
      const whose = { kind, game, date, ...(teams === undefined ? {} : { teams }) };
      const found = isDenied
        ? denied(key, whose, before, was, denialOf(entry, is, teams))
        : confirmed(key, before, was, is, entry.observedAt);
      for (const each of found.held) held.add(each);
      for (const each of found.gone) gone.add(each);
      for (const each of found.instead)
        instead.set(each.date, [...(instead.get(each.date) ?? []), each.slice]);
      if (found.leaving === undefined) leaving.delete(key);
      else leaving.set(key, found.leaving);
    }
  }
  const own = new Set(Object.values(incoming.entries).map(({ kind }) => kind));
  // What is held of a kind of which nothing stands any more is held no more.
  for (const [key, { kind }] of leaving)
    if (incoming.wholeSeason.includes(kind) && !own.has(kind)) leaving.delete(key);
  const ordered = [...leaving].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return { held, gone, instead, leaving: ordered };
}

/**
 * What was said before, as it compares with an entry of which it is known when it was learned. A historical file says nothing later
 * than it could have been known, whenever it was imported: an answer of 2024-01-29 is newer than a file of all of 2023-24 that was
 * imported in 2026, for a game of 2024-01-26.
 */
function asSeenBy(entry: ArchivedEntry, was: Mention | undefined): Mention | undefined {
  if (was === undefined || !was.isAssumed || entry.observedKind === 'assumed') return was;
  if (entry.observedAt >= was.observedAt) return was;
  const isScheduled = was.slice.finals !== undefined && !was.isPlayed;
  return { ...was, observedAt: isScheduled ? scheduleKnownFrom(was.date) : knownAfterGame(was.date) };
}

/**
 * Whether a newer entry has a game that was played on another date, and nothing says that this is right. Rows of another
 * kind say on which date it was played; where there are none, its score did.
 */
function hasOtherDate(
  now: GameDate,
  before: GameDate,
  wasFinal: boolean,
  rowsOn: readonly GameDate[] = [],
): boolean {
  if (now === before) return false;
  return rowsOn.length === 0 ? wasFinal : rowsOn.includes(before) && !rowsOn.includes(now);
}

/** What becomes of one game. */
interface Verdict {
  readonly held: readonly string[];
  readonly gone: readonly string[];
  readonly instead: readonly { readonly date: GameDate; readonly slice: Slice }[];
  readonly leaving: Leaving | undefined;
}

const NOTHING = { held: [], gone: [], instead: [] };

/** A game that was played and that the import does not have any more. */
function denied(
  key: string,
  whose: Pick<Leaving, 'kind' | 'game' | 'date' | 'teams'>,
  before: Leaving | undefined,
  was: Mention | undefined,
  denial: Denial,
): Verdict {
  const isOld = before?.hasLeft !== true && was !== undefined && denial.observedAt < was.observedAt;
  if (isOld) return { ...NOTHING, held: [key], leaving: before };
  const denials = withDenial(before?.denials ?? [], denial);
  const hasLeft = agree(denials);
  const leaving = { ...whose, denials, hasLeft };
  if (!hasLeft) return { ...NOTHING, held: [key], leaving };
  const newest = agreed(denials)?.instead;
  // What is there already stays as it is, so that an equal observation changes nothing.
  if (before?.hasLeft === true && isSameLine(agreed(before.denials)?.instead, newest))
    return { ...NOTHING, held: [key], leaving };
  return { ...NOTHING, gone: [key], instead: newest === undefined ? [] : [newest], leaving };
}

function isSameLine(one: Denial['instead'], other: Denial['instead']): boolean {
  return one?.date === other?.date && one?.slice.digest === other?.slice.digest;
}

/** A game that the import has as it was, or of which it says nothing. */
function confirmed(
  key: string,
  before: Leaving | undefined,
  was: Mention | undefined,
  is: Mention | undefined,
  observedAt: string,
): Verdict {
  if (is === undefined) {
    const isOld = was !== undefined && observedAt < was.observedAt;
    return { ...NOTHING, held: isOld ? [key] : [], leaving: before };
  }
  const denials = deniedSince(before?.denials ?? [], is);
  if (before?.hasLeft === true && agree(denials)) return { ...NOTHING, held: [key], leaving: before };
  if (before?.hasLeft !== true && was !== undefined && is.observedAt < was.observedAt)
    return { ...NOTHING, held: [key], leaving: before };
  const leaving =
    before === undefined || denials.length === 0
      ? undefined
      : { ...before, date: is.date, denials, hasLeft: false };
  return { ...NOTHING, leaving };
}

/** @param teams those that the game had; undefined where they are not known */
function denialOf(
  { name, source, observedAt, observedKind }: ArchivedEntry,
  is: Mention | undefined,
  teams: string | undefined,
): Denial {
  const whose = { name, source, ...(observedKind === 'assumed' ? { isAssumed: true as const } : {}) };
  if (is === undefined) return { ...whose, observedAt, says: 'no row' };
  const who = { ...whose, observedAt: is.observedAt };
  if (is.isUnread) return { ...who, says: 'unread' };
  const instead = { date: is.date, slice: { ...is.slice, restricted: true } } as const;
  if (is.teams === undefined) return { ...who, says: 'no score', instead };
  return teams === undefined || teams === is.teams
    ? { ...who, says: 'other date', instead }
    : { ...who, says: 'other teams', teams: is.teams, instead };
}

/** What entries of a kind say of each game; of two that have a game the later one counts. The slice is about that game alone. */
function mentionsOf(
  kind: string,
  entries: Readonly<Record<string, ArchivedEntry>>,
  slices: Iterable<readonly [GameDate, readonly Slice[]]>,
): Map<string, Mention> {
  const found = new Map<string, Mention>();
  for (const [date, ofDate] of slices)
    for (const slice of ofDate) {
      const entry = entries[slice.entry];
      if (entry?.kind !== kind) continue;
      const finals = slice.finals === undefined ? undefined : new Set(slice.finals);
      for (const game of slice.subjects) {
        const isPlayed = finals?.has(game) ?? true;
        const isUnread = !isPlayed && slice.unread?.includes(game) === true;
        const other = found.get(game);
        // A game on two lines of one import was played when one of them has its score.
        if (other?.isPlayed === true && !isPlayed) continue;
        const { teams: ofGames, unread: _, ...rest } = slice;
        const teams = isPlayed ? ofGames?.[game] : undefined;
        found.set(game, {
          date,
          slice: {
            ...rest,
            subjects: [game],
            ...(finals === undefined ? {} : { finals: isPlayed ? [game] : [] }),
            ...(teams === undefined ? {} : { teams: { [game]: teams } }),
          },
          observedAt: entry.observedAt,
          isAssumed: entry.observedKind === 'assumed',
          isPlayed,
          isUnread,
          teams,
        });
      }
    }
  return found;
}
