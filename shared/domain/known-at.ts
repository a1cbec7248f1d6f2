/** When everything was known that the rows of a date rest on, by the archived entries that speak of the dates they read. */
import type { Archive, ArchivedEntry } from './archive.ts';
import { knownAfterGame, scheduleKnownFrom } from './assumed-times.ts';
import { SCHEDULE_KINDS, type FileKind } from './file-kinds.ts';
import type { GameDate } from './game-date.ts';
import type { Registry } from './registry.ts';
import { isRaw, type RawTable } from './table.ts';

/** The raw tables that a table reads, directly or through others. */
export function rawInputsOf(registry: Registry, table: string): RawTable[] {
  const names = registry.upstreamOf([table]);
  return registry.all.flatMap(({ definition }) =>
    isRaw(definition) && names.has(definition.name) ? [definition] : [],
  );
}

/**
 * The latest time (ISO, UTC) at which anything was learned that rows of `date` rest on. Entries of tables that are known before a
 * game, such as lines, count on the date and on all dates before it; entries of tables that are known after a game, such as box
 * scores, on the dates before it. A historical file counts by its assumed time. A historical file of lines or reports does not count,
 * because its rows have times of their own.
 * @param archives what is archived of each table in the season of `date`
 * @param now the answer is not later: what is there is known
 * @returns null when no entry says when it was learned
 */
export function knownAt(
  archives: readonly { readonly table: Pick<RawTable, 'timing'>; readonly archive: Archive | undefined }[],
  date: GameDate,
  now: string,
): string | null {
  let latest = -Infinity;
  for (const { table, archive } of archives) {
    if (archive === undefined) continue;
    const isBefore = table.timing === 'pre_game';
    for (const [day, slices] of Object.entries(archive.slices) as [GameDate, Archive['slices'][string]][]) {
      if (isBefore ? day > date : day >= date) continue;
      for (const { entry } of slices) {
        const at = timeOf(archive.entries[entry], isBefore, day);
        if (at !== undefined) latest = Math.max(latest, Date.parse(at));
      }
    }
  }
  return latest === -Infinity ? null : new Date(Math.min(latest, Date.parse(now))).toISOString();
}

function timeOf(entry: ArchivedEntry | undefined, isBefore: boolean, day: GameDate): string | undefined {
  if (entry === undefined) return undefined;
  if (entry.observedKind === 'measured') return entry.observedAt;
  if (SCHEDULE_KINDS.includes(entry.kind as FileKind))
    return isBefore ? scheduleKnownFrom(day) : knownAfterGame(day);
  return isBefore ? undefined : knownAfterGame(day);
}
