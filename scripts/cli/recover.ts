/** `recover`: comes back from the loss of the documents, the tables or the archive of a target. */
import { recover, type Recovery } from '../../functions/control/recover.ts';
import { runBackfill } from '../../functions/control/watch.ts';
import type { Client, Worker } from '../../functions/targets/client.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { listFailures } from '../../shared/state/backfill-failures.ts';
import { answer, copyable, EXIT, tell, type GlobalOptions } from './command.ts';

export interface RecoverFlags {
  readonly dryRun?: boolean;
  readonly build?: boolean;
}

interface Answer extends Omit<Recovery, 'builds'> {
  readonly dryRun: boolean;
  /** The commands that build what was mended, and whether they have been carried out. */
  readonly builds: readonly { readonly command: string; readonly state: 'to do' | 'done' | 'failed' }[];
  /** What could not be built. */
  readonly failed: readonly string[];
}

/**
 * Mends the documents, then builds what they are not sure of.
 * @throws RequestError when another process has the home
 */
export async function recoverCommand(
  client: Client,
  flags: RecoverFlags,
  options: GlobalOptions,
): Promise<number> {
  const dryRun = flags.dryRun === true;
  const worker = await client.openWorkerOrRefuse('recover', true);
  try {
    const mend = (warehouse: Warehouse): Promise<Recovery> =>
      recover({ ...client, warehouse, scratch: memoryStore() }, dryRun);
    const { builds, ...mended } =
      worker === undefined
        ? await client.withWarehouse('recover', mend)
        : await mend(worker.context.ports.warehouse);
    if (!dryRun) await worker?.stampStores();
    const built =
      dryRun || flags.build === false
        ? {
            builds: builds.map((build) => ({ command: commandOf(build), state: 'to do' as const })),
            failed: [],
          }
        : await buildAll(client, worker, builds);
    const found: Answer = { ...mended, ...built, dryRun };
    answer(options, found, () => text(found));
    return found.lost.length + found.failed.length === 0 ? EXIT.done : EXIT.failed;
  } finally {
    await worker?.close();
  }
}

async function buildAll(
  client: Client,
  worker: Worker | undefined,
  requests: readonly BackfillRequest[],
): Promise<Pick<Answer, 'builds' | 'failed'>> {
  const builds: Answer['builds'][number][] = [];
  const failed: string[] = [];
  worker?.dispatcher.start();
  for (const request of requests) {
    const command = commandOf(request);
    tell(`Building: ${command}`);
    const { backfill } = await runBackfill(client, request, { worker });
    const failures = await listFailures(client, backfill.id, 5);
    // What was lacking before the loss is lacking again, and no failure of the recovery.
    const isBuilt = backfill.state === 'done' || (backfill.state !== 'refused' && failures.length === 0);
    builds.push({ command, state: isBuilt ? 'done' : 'failed' });
    if (isBuilt) continue;
    failed.push(`${command}: ${backfill.verdict}`);
    for (const { partition, reason } of failures) failed.push(`  ${partition}: ${reason}`);
  }
  return { builds, failed };
}

/** The command that a person would give for the same request. */
function commandOf({ season, startDate, endDate, from, through, tables }: BackfillRequest): string {
  const words = [
    'fullcourt backfill',
    season === undefined ? `--start ${startDate ?? ''} --end ${endDate ?? ''}` : `--season ${season}`,
    ...(from === undefined ? [] : [`--from ${from}`]),
    ...(through === undefined ? [] : [`--through ${through}`]),
    ...(tables === undefined ? [] : [`--tables ${tables.join(',')}`]),
  ];
  return copyable(words.join(' '));
}

function text(found: Answer): string {
  const { documents, calendars, tables, journal, sealed, lost, notes, builds, failed, dryRun } = found;
  const would = dryRun ? 'would be ' : '';
  const restored = Object.entries(documents).filter(([, count]) => count > 0);
  const sum = (kind: 'recovered' | 'reopened' | 'raised'): number =>
    tables.reduce((total, table) => total + table[kind], 0);
  const lines = [
    ...restored.map(
      ([name, count]) => `${name}: ${count} ${would}made again from the journal of the archive`,
    ),
    ...(calendars.length === 0 ? [] : [`calendars: ${calendars.join(', ')} ${would}read from the schedule`]),
    ...partitionLines([sum('recovered'), sum('reopened'), sum('raised')], would),
    ...(journal === 0 ? [] : [`journal: ${journal} decisions ${would}written again`]),
    ...(sealed === 0 ? [] : [`sealed rows: ${sealed} files ${would}written to the archive again`]),
    ...lost.map(({ name, why }) => `${name}: ${why}; import the file again`),
    ...notes,
    ...builds.map(({ command, state }) => `${state === 'to do' ? 'to build' : state}: ${command}`),
    ...failed,
  ];
  return lines.length === 0
    ? 'The documents, the tables and the archive belong together: nothing to do'
    : [...lines, ...(restored.length === 0 ? [] : [NOT_RECOVERED])].join('\n');
}

const NOT_RECOVERED =
  'Not recovered: the list of earlier backfills, runs that were under way, and messages that were set aside';

function partitionLines(
  [recovered = 0, reopened = 0, raised = 0]: readonly number[],
  would: string,
): string[] {
  return [
    ...(recovered === 0
      ? []
      : [`partitions: the documents of ${recovered} ${would}made again from the rows; each is built once`]),
    ...(reopened === 0 ? [] : [`partitions: ${reopened} that have lost their rows ${would}opened again`]),
    ...(raised === 0 ? [] : [`partitions: the tokens of ${raised} ${would}raised`]),
  ];
}
