/**
 * Which archived files fill a raw table in one season, and which part of each file speaks of which date. What a newer
 * import says of a game replaces what an older one said of it; nothing else is touched.
 */
import type { GameDate } from './game-date.ts';
import { digest } from './hash.ts';
import type { Leaving } from './leaving.ts';
import { judgeLosses, subjectKey, type Guard } from './losses.ts';
import type { Season } from './season.ts';

/** One archived file, as far as it fills one table in one season. */
export interface ArchivedEntry {
  readonly name: string;
  /** What the file holds, such as `player_box`. */
  readonly kind: string;
  readonly uri: string;
  /** Of the file as it arrived, in hex. */
  readonly sha256: string;
  /** Who said it: `files` for imported files, otherwise the name of the source. */
  readonly source: string;
  /** When it was learned (ISO, UTC). */
  readonly observedAt: string;
  /** `measured` when a source was asked at that time; `assumed` for historical files, which do not say when they were made. */
  readonly observedKind: 'measured' | 'assumed';
}

/** The lines of one entry about one date. */
export interface Slice {
  /** Key of the entry in {@link Archive.entries}. */
  readonly entry: string;
  /** Hash of the header and the lines, without line numbers: equal lines have the same digest in every file. */
  readonly digest: string;
  /** Games it speaks for, by NBA id (a report or roster: teams). Newer entries have taken over the others. */
  readonly subjects: readonly string[];
  /** For a schedule: those of the games that have a final score. */
  readonly finals?: readonly string[];
  /** For a schedule: the teams of these games, such as `DEN at LAL`. */
  readonly teams?: Readonly<Record<string, string>>;
  /** For a schedule: those of the games of which a line cannot be loaded. */
  readonly unread?: readonly string[];
  /** Those of the games that its import has on other dates, too, without telling when they were played. */
  readonly inDoubt?: readonly string[];
  /** Set when it does not speak for all its lines: other slices speak for some of the games. */
  readonly restricted?: true;
}

/** What is archived of one raw table for one season. */
export interface Archive {
  readonly table: string;
  readonly season: Season;
  /** How often it has changed. */
  readonly revision: number;
  readonly entries: Readonly<Record<string, ArchivedEntry>>;
  /** By game date; the slices of a date are ordered from the oldest entry to the newest. No date has an empty list. */
  readonly slices: Readonly<Record<string, readonly Slice[]>>;
  /** Games that were played and that newer entries do not have, by kind and game. */
  readonly leaving?: readonly Leaving[];
}

/** The games of a date that were played, that newer entries do not have, and whose old rows stay. */
export function heldGames(archive: Archive | undefined, date: GameDate): readonly Leaving[] {
  return (archive?.leaving ?? []).filter((each) => each.date === date && !each.hasLeft);
}

/** Whether a game has left the date because observations agree, so that the date may lose rows. */
export function hasLostGames(archive: Archive | undefined, date: GameDate): boolean {
  return (archive?.leaving ?? []).some((each) => each.date === date && each.hasLeft);
}

/** The dates of which the archive says something, ascending. */
export function archivedDates({ slices }: Archive): GameDate[] {
  return datesOf(slices);
}

/** Who said something of a date, and when it was learned last. */
export type SourceOfDate = Pick<ArchivedEntry, 'source' | 'observedAt' | 'observedKind'>;

/** The sources that speak of the date, by name, each with its newest entry. */
export function sourcesOn(archive: Archive | undefined, date: GameDate): SourceOfDate[] {
  const newest = new Map<string, SourceOfDate>();
  for (const slice of archive?.slices[date] ?? []) {
    const entry = archive?.entries[slice.entry];
    if (entry === undefined) continue;
    const { source, observedAt, observedKind } = entry;
    const known = newest.get(source);
    if (known === undefined || known.observedAt < observedAt)
      newest.set(source, { source, observedAt, observedKind });
  }
  return [...newest.values()].toSorted((a, b) => (a.source < b.source ? -1 : 1));
}

/** The archived files that speak of a date, from the oldest to the newest. */
export function entriesOn(archive: Archive | undefined, date: GameDate): ArchivedEntry[] {
  return (archive?.slices[date] ?? []).flatMap((slice) => archive?.entries[slice.entry] ?? []);
}

/** The games that are known to have been played: those with a final score in a schedule, or with rows in box scores. */
export function playedGames(archive: Archive | undefined, kind: 'schedule' | 'box_scores'): string[] {
  return Object.values(archive?.slices ?? {}).flatMap((ofDate) =>
    ofDate.flatMap(({ subjects, finals = [] }) => (kind === 'schedule' ? finals : subjects)),
  );
}

/** The games that have left the archive because observations agree. */
export function leftGames(archive: Archive | undefined): string[] {
  return (archive?.leaving ?? []).flatMap(({ game, hasLeft }) => (hasLeft ? [game] : []));
}

/** What the archive says of one date, as it enters the fingerprint of the raw partition; empty when it says nothing. */
export function archivedContent(archive: Archive | undefined, date: GameDate): string {
  return [
    ...(archive?.slices[date] ?? []).map(
      (slice) => `${archive?.entries[slice.entry]?.kind ?? ''} ${contentOfSlice(slice)}`,
    ),
    ...heldContent(archive, date),
  ].join('\n');
}

function heldContent(archive: Archive | undefined, date: GameDate): string[] {
  return heldGames(archive, date).map(
    ({ kind, game, denials }) => `${kind} holds ${game}: ${denials.at(-1)?.says ?? ''}`,
  );
}

function contentOfSlice(slice: Slice): string {
  const content =
    slice.restricted === true ? `${slice.digest} for ${slice.subjects.join(' ')}` : slice.digest;
  return slice.inDoubt === undefined ? content : `${content} without ${slice.inDoubt.join(' ')}`;
}

/** The files of one import for one table and season. */
export interface ArchivedImport {
  readonly entries: Readonly<Record<string, ArchivedEntry>>;
  readonly slices: ReadonlyMap<GameDate, readonly Slice[]>;
  /**
   * For a schedule that has every game played so far: it speaks for the whole season, so games that only older
   * schedules have are gone.
   */
  readonly wholeSeason: readonly string[];
  /** Kinds of files whose subjects move from date to date: what a newer entry says of a game counts for every date. */
  readonly movable: readonly string[];
  /** Keeps games that were played; absent when a person has said that the files replace all older ones. */
  readonly guard?: Guard;
}

/** The archive after an import; the same object when the import says nothing new. */
export function withImport(
  before: Archive | undefined,
  { table, season }: Pick<Archive, 'table' | 'season'>,
  incoming: ArchivedImport,
): Archive {
  const old: Archive = before ?? { table, season, revision: 0, entries: {}, slices: {} };
  const revision = old.revision + 1;
  const entries: Record<string, ArchivedEntry> = { ...old.entries };
  // A file that is imported a second time may speak again for games that a file in between has taken over.
  const keyOf = (entry: string): string => (entry in old.entries ? `${entry}.${revision}` : entry);
  for (const [key, entry] of Object.entries(incoming.entries)) entries[keyOf(key)] = entry;
  const kindOf = ({ entry }: Slice): string => entries[entry]?.kind ?? '';
  const renamed = {
    ...incoming,
    entries: Object.fromEntries(Object.entries(incoming.entries).map(([key, entry]) => [keyOf(key), entry])),
    slices: new Map(
      [...incoming.slices].map(([date, ofDate]) => [
        date,
        ofDate.map((slice) => ({ ...slice, entry: keyOf(slice.entry) })),
      ]),
    ),
  };
  const { held, gone, instead, leaving } = judgeLosses(old, renamed);
  const isTakenBack = (slice: Slice, subject: string): boolean => {
    const key = subjectKey(kindOf(slice), subject);
    return held.has(key) || gone.has(key);
  };
  const news = new Map<GameDate, readonly Slice[]>();
  for (const date of datesOf(old.slices, [...incoming.slices.keys(), ...instead.keys()])) {
    const accepted = (renamed.slices.get(date) ?? []).flatMap((slice) =>
      narrowed(slice, (subject) => !isTakenBack(slice, subject)),
    );
    news.set(date, [...(instead.get(date) ?? []), ...accepted]);
  }
  const slices: Record<string, readonly Slice[]> = {};
  const moved = movedSubjects(news, kindOf, incoming.movable);
  for (const [date, found] of news) {
    const taken = new Map<string, Set<string>>();
    for (const slice of found)
      taken.set(kindOf(slice), new Set([...(taken.get(kindOf(slice)) ?? []), ...slice.subjects]));
    const kept = (old.slices[date] ?? []).flatMap((slice) => {
      const kind = kindOf(slice);
      const isWhole = incoming.wholeSeason.includes(kind);
      const [here, elsewhere] = [taken.get(kind), moved.get(kind)];
      return narrowed(slice, (subject) => {
        const key = subjectKey(kind, subject);
        if (gone.has(key) || (isWhole && !held.has(key))) return false;
        return here?.has(subject) !== true && elsewhere?.has(subject) !== true;
      });
    });
    const now = [...kept, ...found];
    if (now.length > 0)
      slices[date] = isSame(old.slices[date], now, kindOf) ? (old.slices[date] ?? now) : now;
  }
  const isUnchanged =
    before !== undefined &&
    Object.keys(slices).length === Object.keys(before.slices).length &&
    Object.entries(slices).every(([date, ofDate]) => before.slices[date] === ofDate) &&
    JSON.stringify(leaving) === JSON.stringify(before.leaving ?? []);
  if (isUnchanged) return before;
  const used = new Set(
    [...Object.values(slices).flat(), ...leaving.flatMap(slicesOfDenials)].map(({ entry }) => entry),
  );
  const { leaving: _, ...rest } = old;
  return {
    ...rest,
    revision,
    entries: Object.fromEntries(Object.entries(entries).filter(([key]) => used.has(key))),
    slices,
    ...(leaving.length === 0 ? {} : { leaving }),
  };
}

/** The lines that denials have of their game, which count if it leaves. */
function slicesOfDenials({ denials }: Leaving): Slice[] {
  return denials.flatMap(({ instead }) => (instead === undefined ? [] : [instead.slice]));
}

/** Whether a line about a game can be read, in the archive of a table that tells which games there are. */
export function hasReadGames({ slices }: Pick<Archive, 'slices'>): boolean {
  return Object.values(slices).some((ofDate) =>
    ofDate.some(({ subjects, unread = [] }) => subjects.some((game) => !unread.includes(game))),
  );
}

/** The slice for those of its subjects that stay; the same slice when all do, none when nothing is left. */
function narrowed(slice: Slice, stays: (subject: string) => boolean): Slice[] {
  const subjects = slice.subjects.filter(stays);
  if (subjects.length === slice.subjects.length) return [slice];
  if (subjects.length === 0) return [];
  const { finals, teams, unread } = slice;
  return [
    {
      ...slice,
      subjects,
      ...(finals === undefined ? {} : { finals: finals.filter(stays) }),
      ...(teams === undefined
        ? {}
        : { teams: Object.fromEntries(Object.entries(teams).filter(([game]) => stays(game))) }),
      ...(unread === undefined ? {} : { unread: unread.filter(stays) }),
      restricted: true,
    },
  ];
}

/** The dates of which an archive says something else than before, ascending. `after` came of `before` by {@link withImport}. */
export function changedDates(before: Archive | undefined, after: Archive): GameDate[] {
  const held = [...(before?.leaving ?? []), ...(after.leaving ?? [])].map(({ date }) => date);
  return datesOf(before?.slices ?? {}, [...datesOf(after.slices), ...held]).filter(
    (date) =>
      before?.slices[date] !== after.slices[date] ||
      heldContent(before, date).join() !== heldContent(after, date).join(),
  );
}

/** For each kind that moves, the subjects that an import has on any date. */
function movedSubjects(
  slices: ReadonlyMap<GameDate, readonly Slice[]>,
  kindOf: (slice: Slice) => string,
  movable: readonly string[],
): ReadonlyMap<string, Set<string>> {
  const moved = new Map<string, Set<string>>();
  for (const slice of [...slices.values()].flat()) {
    const kind = kindOf(slice);
    if (!movable.includes(kind)) continue;
    const ofKind = moved.get(kind) ?? new Set<string>();
    for (const subject of slice.subjects) ofKind.add(subject);
    moved.set(kind, ofKind);
  }
  return moved;
}

/** Whether two lists of slices of a date say the same. */
function isSame(
  before: readonly Slice[] | undefined,
  now: readonly Slice[],
  kindOf: (slice: Slice) => string,
): boolean {
  return (
    before?.length === now.length &&
    now.every((slice, i) => {
      const other = before[i];
      return (
        other !== undefined &&
        kindOf(other) === kindOf(slice) &&
        contentOfSlice(other) === contentOfSlice(slice)
      );
    })
  );
}

function datesOf(slices: Archive['slices'], more: Iterable<GameDate> = []): GameDate[] {
  return [...new Set([...(Object.keys(slices) as GameDate[]), ...more])].sort();
}

/** The key of an entry: it names the bytes of the file and the name under which they arrived. */
export function entryKey({ name, sha256 }: Pick<ArchivedEntry, 'name' | 'sha256'>): string {
  return digest(`${sha256} ${name}`, 16);
}
