/**
 * What predictions cost: a season of predictions and grades, given its models, beside the same season of phase 4, and the five systems
 * for one slate.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import { claimOrigin } from '../../functions/control/origins.ts';
import { trainRolling } from '../../functions/control/train-model.ts';
import { runBackfill } from '../../functions/control/watch.ts';
import {
  openClient,
  openWorkerOrRefuse,
  type EmbeddedClient,
} from '../../functions/targets/embedded/client.ts';
import type { Worker } from '../../functions/targets/client.ts';
import { readConfig } from '../../shared/config.ts';
import type { Season } from '../../shared/domain/season.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { table } from '../cli/text-table.ts';
import { median } from './median.ts';
import { recordingTracer } from './spans.ts';

const ROUNDS = 3;

/**
 * Measures and prints.
 * @param seasons two seasons in order: one to learn from, and one to predict
 */
export async function predictBench(
  files: readonly SourceFile[],
  seasons: readonly [Season, Season],
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'fullcourt-predict-'));
  const { tracer, spans } = recordingTracer();
  const client = openClient({ ...readConfig({}), home }, { tracer });
  const worker = await openWorkerOrRefuse(client, 'bench');
  try {
    worker.dispatcher.start();
    await claimOrigin(client, { origin: { kind: 'files' }, command: 'import' });
    await loadFiles(client, files, { seasons: [...seasons], worker });
    for (const season of seasons) await built(client, worker, { season, through: 'phase4' });
    const [, season] = seasons;
    const { dates = [] } = (await calendarOf(client, season)) ?? {};
    const [first, last] = [dates[0], dates.at(-1)];
    if (first === undefined || last === undefined) throw new Error(`${season} has no dates`);
    const ports = { ...client, warehouse: worker.context.ports.warehouse };
    const asked = { first, last, algorithm: 'mean', without: [], dryRun: false } as const;
    const models = await trainRolling(ports, asked, () => undefined);

    const phases = { phase4: [] as number[], phase5: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1)
      for (const phase of ['phase4', 'phase5'] as const) {
        const started = performance.now();
        await built(client, worker, { season, from: phase, through: phase, force: true });
        phases[phase].push((performance.now() - started) / 1000);
      }
    // A slate of the middle of the season, when every system has an answer for most players.
    const slate = dates[Math.floor(dates.length / 2)] ?? first;
    const slates = { inputs: [] as number[], systems: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      spans.length = 0;
      await built(client, worker, {
        dates: [slate],
        tables: ['prediction_inputs', 'player_prop_predictions'],
        from: 'phase5',
        through: 'phase5',
        force: true,
      });
      const [inputs, systems] = spans
        .filter(({ name }) => name === 'compute')
        .map(({ from, to }) => to - from);
      slates.inputs.push(inputs ?? NaN);
      slates.systems.push(systems ?? NaN);
    }
    const seconds = { phase4: median(phases.phase4), phase5: median(phases.phase5) };
    console.log(
      table(
        ['measured', 'value', 'goal'],
        [
          [
            'season',
            `${season}, ${dates.length} dates, ${models.filter(({ modelId }) => modelId !== null).length} models`,
            '',
          ],
          ['phase 4, median', `${seconds.phase4.toFixed(1)} s`, ''],
          ['predictions and grades, median', `${seconds.phase5.toFixed(1)} s`, ''],
          ['ratio', (seconds.phase5 / seconds.phase4).toFixed(2), '1 or less'],
          [
            `five systems for the slate of ${slate}, read and computed, median`,
            `${median(slates.systems).toFixed(0)} ms`,
            'under 200 ms',
          ],
          [
            'their inputs, similar games of two seasons among them',
            `${median(slates.inputs).toFixed(0)} ms`,
            '',
          ],
        ],
      ),
    );
  } finally {
    await worker.close();
    client.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function built(
  client: EmbeddedClient,
  worker: Worker,
  request: Parameters<typeof runBackfill>[1],
): Promise<void> {
  const { backfill } = await runBackfill(client, request, { worker });
  if (backfill.state !== 'done')
    throw new Error(`The backfill ended as ${backfill.state}: ${backfill.verdict}`);
}
