/** Stages the rows of a run; those with a value outside of its range are set aside. */
import { MAX_ASIDE, rangesText } from '../../shared/domain/audit.ts';
import { ok, type Result } from '../../shared/domain/failure.ts';
import { isRaw } from '../../shared/domain/table.ts';
import type { Staged, StagedDate, StageJob, Warehouse } from '../../shared/ports/warehouse.ts';

/**
 * Stages rows. A date of a computed table that breaks nothing but ranges is staged again without the rows that do, unless they
 * are more than 5 % of its rows and of more than one game: then something is wrong with the date itself, and the audit refuses
 * it. The rows of raw tables were looked at when they were read.
 */
export async function stageInRange(
  warehouse: Pick<Warehouse, 'stage' | 'discard'>,
  job: StageJob,
): Promise<Result<Staged>> {
  const staged = await warehouse.stage(job);
  if (!staged.ok || isRaw(job.table.definition)) return staged;
  const suspects = new Map(staged.value.dates.filter(breaksRangesOnly).map((found) => [found.date, found]));
  if (suspects.size === 0) return staged;
  const again = await warehouse.stage({ ...job, inRangeOnly: [...suspects.keys()] });
  await warehouse.discard(staged.value);
  if (!again.ok) return again;
  return ok({
    ...again.value,
    dates: again.value.dates.map((found) => {
      const before = suspects.get(found.date);
      return before === undefined ? found : withoutRows(before, found);
    }),
  });
}

function breaksRangesOnly({ checks }: StagedDate): boolean {
  const failed = checks.filter(({ severity }) => severity === 'fail');
  return failed.length > 0 && failed.every(({ isRange }) => isRange === true);
}

/** A date without its rows out of range, with what it lacks; with its broken checks where it may not lack so many. */
function withoutRows(before: StagedDate, found: StagedDate): StagedDate {
  const { rows, games } = found.aside ?? { rows: 0, games: 0 };
  const tooMany = games > 1 && rows > MAX_ASIDE * before.rows;
  if (tooMany || found.rows === 0) return { ...found, checks: before.checks };
  return {
    ...found,
    expectedRows: Math.max(found.expectedRows, before.expectedRows),
    expectedGames: Math.max(found.expectedGames, before.expectedGames),
    lacking: [
      ...(found.lacking ?? []),
      {
        code: 'out_of_range',
        detail: `${rows} of ${before.rows} rows set aside: ${rangesText(before.checks)}`,
      },
    ],
  };
}
