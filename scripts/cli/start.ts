/** `start`: loads data, publishes one backfill request for all of its dates, shows the tables, and serves. */
import pc from 'picocolors';
import { outcomeOf } from '../../functions/control/backfills.ts';
import { coverageDocument } from '../../functions/control/coverage.ts';
import { loadedRange } from '../../functions/control/date-range.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import { completionsOf, sampleDate } from '../../functions/control/status.ts';
import type { Client } from '../../functions/targets/client.ts';
import { summaryText } from './backfill.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { readFolder, simulatedFiles, tellProgress } from './load.ts';
import { completionText, coverageText } from './render.ts';
import { portOf, serveUntilStopped } from './serve.ts';
import { runAndShow } from './watch.ts';

export interface StartFlags extends GlobalOptions {
  readonly data?: string;
  readonly seasons: string;
  readonly seed: string;
  readonly exit?: boolean;
  readonly port: string;
}

export async function startCommand(client: Client, flags: StartFlags): Promise<number> {
  const port = portOf(flags.port);
  const files =
    flags.data === undefined
      ? await simulatedFiles({ ...flags, firstSeason: '2021' })
      : readFolder(flags.data);
  const worker = await client.openWorkerOrRefuse('start');
  try {
    worker?.dispatcher.start();
    tell(
      heading(
        1,
        flags.data === undefined
          ? `Loading a simulated league: ${flags.seasons} season(s), seed ${flags.seed}`
          : `Loading the files of ${flags.data}`,
      ),
    );
    const loaded = await loadFiles(client, files, { worker, onProgress: tellProgress });
    if (loaded.failed.length > 0) {
      for (const failure of loaded.failed) tell(failure);
      return EXIT.failed;
    }
    const rows = Object.values(loaded.rows).reduce((sum, n) => sum + n, 0);
    tell(
      `  ${rows.toLocaleString('en').replaceAll(',', ' ')} raw rows, ${loaded.rejected} rejected, in ${loaded.seconds.toFixed(1)} s`,
    );

    const [start, end] = await loadedRange(client);
    const request = { startDate: start, endDate: end };
    tell(heading(2, `Publishing one request to nba-backfill-request: ${JSON.stringify(request)}`));
    const { backfill, seconds } = await runAndShow(client, request, { worker, title: '  filling' });
    const outcome = await outcomeOf(client, backfill, seconds);
    tell(await summaryText(client, backfill, outcome));

    tell(heading(3, 'The tables after the backfill'));
    const { document } = await coverageDocument(client, start, end);
    const sample = await sampleDate(client);
    const completions = sample === undefined ? [] : await completionsOf(client, sample);
    answer(
      flags,
      { loaded, backfill: outcome, coverage: document, completion: { date: sample, documents: completions } },
      () =>
        [
          coverageText(document.tables, start, end),
          '',
          `Completion documents of ${sample ?? '-'}`,
          '',
          completionText(completions),
        ].join('\n'),
    );
    const complete = document.tables.every(({ missing }) => missing.length === 0);
    if (flags.exit !== true && worker !== undefined) {
      tell('');
      await serveUntilStopped(client, port);
    }
    return complete && backfill.state === 'done' ? EXIT.done : EXIT.failed;
  } finally {
    await worker?.close();
  }
}

function heading(step: number, text: string): string {
  return `\n${pc.bold(`${step}. ${text}`)}`;
}
