/** What a live day costs: a date through all phases, and a night's files into a home that has many. */
import { performance } from 'node:perf_hooks';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import { textOf } from '../../functions/ingest/sound-file.ts';
import { sourceFileOf, subjectColumn } from '../../functions/ingest/source-files.ts';
import { sortLines } from '../../functions/ingest/source-lines.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import type { Worker } from '../../functions/targets/client.ts';
import type { EmbeddedClient } from '../../functions/targets/embedded/client.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { requestRun } from '../../shared/state/request-run.ts';
import { loadView } from '../../shared/state/views.ts';

/** Seconds of one live date: from loading all its raw tables again until everything that depends on them is built. */
export async function liveDay(client: EmbeddedClient, worker: Worker, date: GameDate): Promise<number> {
  const { ports } = worker.context;
  await worker.dispatcher.drain();
  const view = await loadView(ports, client.registry, [seasonOf(date)]);
  const evaluation = evaluate(view);
  const raw = client.registry.all.filter(
    ({ definition: { name } }) =>
      view.seasons.get(seasonOf(date))?.archives.get(name)?.slices[date] !== undefined,
  );
  const started = performance.now();
  for (const table of raw) {
    const asked = await requestRun(ports, client.registry, {
      table: table.definition.name,
      dates: [{ date, ...evaluation.inputsSeen(table, date) }],
      mode: 'live',
      backfillId: null,
      through: 'phase4',
      correlationId: 'bench',
      causationId: null,
      want: { through: 'phase4', correlationId: 'bench' },
    });
    if (asked !== undefined) await dispatchOutbox(ports, [asked.eventId]);
  }
  await worker.dispatcher.drain();
  const seconds = (performance.now() - started) / 1000;
  const index = await tableSeason(ports, 'player_game_summary', seasonOf(date));
  if (index?.dates[date]?.status !== 'success') throw new Error(`The live date ${date} was not built`);
  return seconds;
}

/** Seconds of CPU to import one night again with a corrected box score: it is archived and loaded, and its readers are marked as stale. */
export async function oneNight(
  client: EmbeddedClient,
  worker: Worker,
  files: readonly SourceFile[],
  date: GameDate,
): Promise<number> {
  const night = files.flatMap((file): SourceFile[] => {
    const source = sourceFileOf(file.name);
    if (source === undefined || !(source.kind in RAW_LOADS.of('nbac_player_boxscores').layouts)) return [];
    const sorted = sortLines(textOf(file.bytes()), subjectColumn(source.kind));
    const [first, ...lines] = sorted?.seasons.get(seasonOf(date))?.get(date)?.lines ?? [];
    if (sorted === undefined || first === undefined) return [];
    const assists = sorted.header.split(',').indexOf('ast');
    const corrected = first.text
      .split(',')
      .map((cell, i) => (i === assists ? String(Number(cell) + 1) : cell));
    const text = [sorted.header, corrected.join(','), ...lines.map((line) => line.text), ''].join('\n');
    return [{ name: file.name.replace(/\.gz$/, ''), bytes: () => new TextEncoder().encode(text) }];
  });
  await worker.dispatcher.drain();
  worker.dispatcher.start();
  const before = process.cpuUsage();
  const { failed, runs } = await loadFiles(client, night, { worker });
  const { user, system } = process.cpuUsage(before);
  if (failed.length > 0 || runs === 0)
    throw new Error(`The night of ${date} was not loaded: ${failed.join('; ')}`);
  return (user + system) / 1e6;
}
