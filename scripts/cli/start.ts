/** `start`: the main job from nothing to full tables, in one command. */
import pc from 'picocolors';
import { outcomeOf } from '../../functions/control/backfills.ts';
import { documentsOnly, type Client } from '../../functions/targets/client.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { loadView, knownSeasons } from '../../shared/state/views.ts';
import { isPresent } from '../../shared/domain/partition.ts';
import { summaryText } from './backfill.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { completionsOf, coverageDocument } from './inspect.ts';
import { loadFiles, readFolder, simulatedFiles } from './load.ts';
import { completionText, coverageText } from './render.ts';
import { portOf, serveUntilStopped } from './serve.ts';
import { runBackfill } from './watch.ts';

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
    const loaded = await loadFiles(client, worker, files, undefined, false);
    if (loaded.failed.length > 0) {
      for (const failure of loaded.failed) tell(failure);
      return EXIT.failed;
    }
    const rows = Object.values(loaded.rows).reduce((sum, n) => sum + n, 0);
    tell(
      `  ${rows.toLocaleString('en').replaceAll(',', ' ')} raw rows, ${loaded.rejected} rejected, in ${loaded.seconds.toFixed(1)} s`,
    );

    const [start, end] = await rangeOf(client);
    const request = { startDate: start, endDate: end };
    tell(heading(2, `Publishing one request to nba-backfill-request: ${JSON.stringify(request)}`));
    const { backfill, seconds } = await runBackfill(client, request, { worker, title: '  filling' });
    const outcome = await outcomeOf(client, backfill, seconds);
    tell(await summaryText(client, backfill, outcome));

    tell(heading(3, 'What is there now'));
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

async function viewOf(client: Client) {
  const { ports } = documentsOnly(client);
  return loadView(ports, client.registry, await knownSeasons(ports), { gameHashes: false });
}

/** First and last game date that is loaded. */
async function rangeOf(client: Client): Promise<[GameDate, GameDate]> {
  const dates = [...(await viewOf(client)).seasons.values()].flatMap(({ calendar }) => calendar.dates).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) throw new Error('No game dates were loaded');
  return [first, last];
}

/** The busiest late date of the last season whose tables are all there, as an example to look at. */
async function sampleDate(client: Client): Promise<GameDate | undefined> {
  const view = await viewOf(client);
  const season = [...view.seasons.values()].at(-1);
  if (season === undefined) return undefined;
  const tables = client.registry.all.filter(({ definition }) => definition.kind === 'computed');
  const full = season.calendar.dates.filter((date) =>
    tables.every(({ definition }) => isPresent(season.states.get(definition.name)?.[date])),
  );
  const late = full.slice(Math.floor(full.length / 2));
  return late.toSorted(
    (a, b) => (season.calendar.games[b]?.games ?? 0) - (season.calendar.games[a]?.games ?? 0),
  )[0];
}
