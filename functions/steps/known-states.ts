/** What is noted of partitions that are prepared as they were known at an earlier time. */
import type { Archive } from '../../shared/domain/archive.ts';
import type { audit } from '../../shared/domain/audit.ts';
import type { Evaluation } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { refName, UNTOUCHED, type PartitionState } from '../../shared/domain/partition.ts';
import type { StagedDate } from '../../shared/ports/warehouse.ts';

/** The state of a partition that was made as it was known, with the verdict of the audit. */
export function stateOf(
  measured: StagedDate,
  verdict: Extract<ReturnType<typeof audit>, { kind: 'publish' }>,
  inputFingerprint: string,
  reopened: number,
): PartitionState {
  const { rows, expectedRows, games, expectedGames, readyRows, syntheticRows, fingerprint } = measured;
  const facts = {
    ...UNTOUCHED,
    ...{ rows, expectedRows, games, expectedGames, readyRows, syntheticRows, reopened },
    ...{ inputFingerprint, outputFingerprint: fingerprint, reason: verdict.reason ?? null },
    ...(verdict.givenUp === undefined ? {} : { givenUp: verdict.givenUp }),
  };
  return verdict.status === 'blocked'
    ? { ...facts, status: 'blocked', reason: verdict.reason ?? '' }
    : { ...facts, status: verdict.status };
}

/** When the lines of a date were learned, for the columns that say so; empty for a table that is not loaded. */
export function timesOf(archive: Archive | undefined, date: GameDate): string {
  return (archive?.slices[date] ?? [])
    .map(({ entry }) => archive?.entries[entry]?.observedAt ?? '')
    .join(' ');
}

/** What a partition still waited for; undefined when nothing. */
export function waitText({ pending, lost }: ReturnType<Evaluation['unmet']>): string | undefined {
  const all = [...lost, ...pending].map(refName);
  if (all.length === 0) return undefined;
  const more = all.length > 3 ? ` and ${all.length - 3} more` : '';
  return `waits for ${all.slice(0, 3).join(', ')}${more}`;
}
