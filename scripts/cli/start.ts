/** `start`: loads data, publishes one backfill request for all of its dates, shows the tables, and serves. */
import { outcomeOf } from '../../functions/control/backfills.ts';
import { coverageDocument } from '../../functions/control/coverage.ts';
import { failedCells } from '../../functions/control/failed-cells.ts';
import { loadedRange } from '../../functions/control/date-range.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import { admit, claimOrigin, originOf, type Coming } from '../../functions/control/origins.ts';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { forgetHome } from '../../functions/targets/embedded/reset.ts';
import { counted } from '../../shared/domain/counted.ts';
import { originText } from '../../shared/domain/origin.ts';
import { completionsOf, sampleDate } from '../../functions/control/status.ts';
import type { Client, Worker } from '../../functions/targets/client.ts';
import { paint } from './colours.ts';
import { summaryText } from './backfill.ts';
import { answer, configOf, EXIT, tell, withHome, type GlobalOptions } from './command.ts';
import { refuseIfServed } from './reset.ts';
import {
  leagueLearnedAt,
  leagueOf,
  loadingProgress,
  readFolder,
  simulatedFiles,
  type SimulateFlags,
} from './load.ts';
import { completionText, coverageText } from './render.ts';
import { portOf, takePort, type Door } from './local-door.ts';
import { serveUntilStopped } from './serve.ts';
import {
  latestSlate,
  leagueSlate,
  movableClock,
  startSlateText,
  type MovableClock,
  type Slate,
} from './start-slate.ts';
import { loadingUnlessStopped } from './stopped.ts';
import { runAndShow } from './watch.ts';

/** The year in which the simulated league of `start` begins. */
const FIRST_SEASON = '2021';

export interface StartFlags extends GlobalOptions {
  readonly data?: string;
  readonly seasons: string;
  readonly seed: string;
  readonly exit?: boolean;
  readonly port: string;
}

/**
 * Loads data into the home and shows it. A simulated league that the home holds is forgotten first when other data is asked
 * for.
 * @throws RequestError when the home holds files, or another process works on it; nothing is written then
 */
export async function startCommand(flags: StartFlags): Promise<number> {
  const port = portOf(flags.port);
  const door = flags.exit === true ? undefined : await takePort(port);
  try {
    return await startBehind(door, flags);
  } finally {
    await door?.close();
  }
}

/** The league that is simulated. */
const leagueFlags = (flags: StartFlags): SimulateFlags => ({ ...flags, firstSeason: FIRST_SEASON });

async function startBehind(door: Door | undefined, flags: StartFlags): Promise<number> {
  const { data } = flags;
  const league = leagueFlags(flags);
  const coming: Coming = {
    command: 'start',
    origin: data === undefined ? leagueOf(league) : { kind: 'files' },
  };
  const { home } = configOf(flags);
  const [admission, before] = await withHome(flags, async (client) => [
    await admit(client, coming),
    await originOf(client),
  ]);
  const files = data === undefined ? await simulatedFiles(league) : readFolder(data);
  if (admission === 'replace' && before !== undefined) {
    refuseIfServed(home);
    forgetHome(home, 'start');
    tell(`Forgot ${originText(before)} that ${home} held, to load ${originText(coming.origin)} instead`);
  }
  const clock = movableClock(configOf(flags).clockAheadSeconds);
  return withHome(flags, (client) => startOn(client, door, flags, coming, files, clock), 'whole', {
    businessClock: clock.read,
  });
}

/** Loads the files, builds every table, shows them, and serves. */
async function startOn(
  client: Client,
  door: Door | undefined,
  flags: StartFlags,
  coming: Coming,
  files: readonly SourceFile[],
  clock: MovableClock,
): Promise<number> {
  const worker = await client.openWorkerOrRefuse('start');
  try {
    await claimOrigin(client, coming);
    worker?.dispatcher.start();
    tell(
      heading(
        1,
        flags.data === undefined
          ? `Loading a simulated league: ${counted(Number(flags.seasons), 'season')}, seed ${flags.seed}`
          : `Loading the files of ${flags.data}`,
      ),
    );
    const learnedAt =
      flags.data === undefined ? leagueLearnedAt(leagueFlags(flags), client.clock()) : undefined;
    const loaded = await loadingUnlessStopped(() =>
      loadFiles(client, files, { worker, onProgress: loadingProgress(), learnedAt }),
    );
    if (loaded.failed.length > 0) {
      for (const failure of loaded.failed) tell(failure);
      return EXIT.failed;
    }
    const rows = Object.values(loaded.rows).reduce((sum, n) => sum + n, 0);
    tell(`  ${counted(rows, 'raw row')}, ${loaded.rejected} rejected, in ${loaded.seconds.toFixed(1)} s`);

    const [start, end] = await loadedRange(client);
    const request = { startDate: start, endDate: end };
    tell(heading(2, `Publishing one request to nba-backfill-request: ${JSON.stringify(request)}`));
    const { backfill, seconds } = await runAndShow(client, request, { worker, title: '  filling' });
    const outcome = await outcomeOf(client, backfill, seconds);
    const failed = await failedCells(client, backfill.id);
    const { document } = await coverageDocument(client, start, end);
    const sample = await sampleDate(client);
    const completions = sample === undefined ? [] : await completionsOf(client, sample);
    const slate = await slateOf(client, worker, coming, clock);
    answer(
      flags,
      {
        ...{ loaded, backfill: outcome, coverage: document },
        completion: { date: sample, documents: completions },
        slate: slate ?? null,
      },
      () =>
        [
          summaryText(backfill, outcome, failed),
          heading(3, 'The tables after the backfill'),
          coverageText(document.tables, start, end),
          '',
          `Completion documents of ${sample ?? '-'}`,
          '',
          completionText(completions),
          ...(slate === undefined
            ? []
            : [heading(4, `A slate: ${slate.date}`), startSlateText(client, slate)]),
        ].join('\n'),
    );
    const complete = document.tables.every(({ missing }) => missing.length === 0);
    if (door !== undefined && worker !== undefined) {
      tell('');
      await serveUntilStopped(client, door, undefined, worker.dispatcher.fault);
    }
    return complete && backfill.state === 'done' ? EXIT.done : EXIT.failed;
  } finally {
    await worker?.close();
  }
}

/** The slate to show; undefined where deployed functions do the work, and where nothing is predicted. */
async function slateOf(
  client: Client,
  worker: Worker | undefined,
  { origin }: Coming,
  clock: MovableClock,
): Promise<Slate | undefined> {
  if (worker === undefined) return undefined;
  return origin.kind === 'simulated' ? leagueSlate(client, worker, clock) : latestSlate(client, worker);
}

function heading(step: number, text: string): string {
  return `\n${paint.bold(`${step}. ${text}`)}`;
}
