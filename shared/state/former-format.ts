/** The documents as the format before this one had them. Only the migration reads them. */
import * as z from 'zod';
import { causesOf } from '../domain/reject-causes.ts';
import type { Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import type { Listed } from '../ports/state-store.ts';
import { calendarDocument, paths, type CalendarDocument } from './documents.ts';
import type { DateReport } from './load-reports.ts';
import { readerOf } from './stored.ts';

/** `archives/{table}_{season}`: the files of a season were replaced as a whole. */
const formerArchive = z
  .object({
    table: z.string(),
    season: z.string(),
    revision: z.int(),
    files: z.array(z.object({ name: z.string(), uri: z.string(), sha256: z.string() }).readonly()).readonly(),
  })
  .readonly();
export type FormerArchive = z.infer<typeof formerArchive>;

const formerReport = z
  .object({
    table: z.string(),
    season: z.string(),
    rows: z.int(),
    rejected: z.int(),
    rejects: z
      .array(
        z.object({ file: z.string(), line: z.int(), reason: z.string(), excerpt: z.string() }).readonly(),
      )
      .readonly(),
    loadedAt: z.string(),
  })
  .readonly();

/** Where the calendars were stored. */
const CALENDARS = 'expectations';

const archives = readerOf<FormerArchive>(formerArchive);
const calendars = readerOf<CalendarDocument>(calendarDocument);
const reports = readerOf(formerReport);

/**
 * Whether any document has the former format. Every command asks, so of the archives only the first is looked at, which a migration
 * writes last.
 */
export async function hasFormerFormat({ store }: Pick<Ports, 'store'>): Promise<boolean> {
  if ((await store.count(CALENDARS)) > 0) return true;
  return formerOf(await store.list('archives', {}, 1)).length > 0;
}

/** The archives that have the former format, by season and table. */
export async function formerArchives({ store }: Pick<Ports, 'store'>): Promise<FormerArchive[]> {
  return formerOf(await store.list('archives')).sort((a, b) =>
    `${a.season} ${a.table}` < `${b.season} ${b.table}` ? -1 : 1,
  );
}

function formerOf(listed: readonly Listed[]): FormerArchive[] {
  return archives.readAll(listed.filter(({ data }) => 'files' in data));
}

/** Moves the calendars to where they are now. @returns their seasons */
export async function moveCalendars({ store }: Pick<Ports, 'store'>, dryRun: boolean): Promise<Season[]> {
  const found = calendars.readAll(await store.list(CALENDARS));
  if (!dryRun)
    for (const calendar of found)
      await store.transaction(async (tx) => {
        const isThere = (await tx.get(paths.calendar(calendar.season))) !== undefined;
        if (!isThere) tx.set(paths.calendar(calendar.season), calendar);
        tx.delete(`${CALENDARS}/${calendar.season}`);
      });
  return found.map(({ season }) => season);
}

/**
 * Brings load reports to the present format. The former one did not say of which dates the refused rows were, so they are
 * told as lines without a date until the table is loaded again.
 */
export async function moveReports({ store }: Pick<Ports, 'store'>): Promise<void> {
  for (const { table, season, rows, rejected, rejects, loadedAt } of reports.readAll(
    await store.list('load_reports'),
  )) {
    const undated: DateReport = {
      read: rows + rejected,
      rows,
      rejected,
      notUsed: 0,
      rejects: rejects.slice(0, 12),
      notes: [],
      causes: causesOf(rejects),
      files: [],
    };
    await store.transaction((tx) =>
      Promise.resolve(
        tx.set(paths.loadReport(table, season), { table, season, dates: { undated }, loadedAt }),
      ),
    );
  }
}
