/** Which revision of the deployed code has answered for the newest run of each table. */
import type { RunDocument } from '../../shared/state/documents.ts';
import { tableSeasonsOf } from '../../shared/state/completions.ts';
import { runsOf } from '../../shared/state/runs.ts';
import { knownSeasons } from '../../shared/state/views.ts';
import type { ReadingPorts } from './ports.ts';

/** A revision of a service, and the tables for whose newest runs it has answered. */
export interface AnsweringRevision {
  readonly revision: string;
  readonly tables: readonly string[];
}

/**
 * Of the newest season, the revision that has answered for the partition of each table that was written last, in the order of the tables.
 * A table without runs, or whose run no service has answered, is left out.
 */
export async function answeringRevisions({ store, registry }: ReadingPorts): Promise<AnsweringRevision[]> {
  const season = (await knownSeasons({ store })).at(-1);
  if (season === undefined) return [];
  const names = registry.all.map(({ definition }) => definition.name);
  const indexes = await tableSeasonsOf(
    { store },
    names.map((table) => ({ table, season })),
  );
  const newest = indexes.map((index) => {
    const written = Object.values(index?.dates ?? {}).filter(({ runId }) => runId !== null);
    return written.sort((a, b) => (a.updatedAt > b.updatedAt ? -1 : 1))[0]?.runId ?? '';
  });
  const runs = await runsOf(
    { store },
    newest.filter((runId) => runId !== ''),
  );
  const answered = Map.groupBy(
    names.flatMap((table, i) => answerOf(table, runs.get(newest[i] ?? ''))),
    ({ revision }) => revision,
  );
  return [...answered].map(([revision, all]) => ({ revision, tables: all.map(({ table }) => table) }));
}

function answerOf(table: string, run: RunDocument | undefined): { table: string; revision: string }[] {
  return run?.answeredBy === undefined ? [] : [{ table, revision: run.answeredBy }];
}
