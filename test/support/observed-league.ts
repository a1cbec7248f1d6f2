/** A small league through the embedded engine, with everything it says and every span it makes. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClient, openWorker, type EmbeddedClient } from '../../functions/targets/embedded/client.ts';
import type { Worker } from '../../functions/targets/client.ts';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { readConfig } from '../../shared/config.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { logger } from '../../shared/observe/logger.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type { Tracer } from '../../shared/ports/tracer.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { paths } from '../../shared/state/documents.ts';
import { sourceFile } from './source-file.ts';
import { removeFolder } from './remove-folder.ts';

export const SEASON = '2021-22';
export const PROJECT = 'nba-prod';

/** A line of the log, as it was parsed. */
export type Line = Readonly<Record<string, unknown>> & {
  readonly event: string;
  readonly message: string;
  readonly 'logging.googleapis.com/trace'?: string;
  readonly 'logging.googleapis.com/spanId'?: string;
  readonly 'logging.googleapis.com/labels'?: Readonly<Record<string, string>>;
};

export interface League {
  readonly client: EmbeddedClient;
  readonly worker: Worker;
  /** The text of every line so far. */
  readonly lines: readonly string[];
  /** Publishes a request and works until nothing is left to do. */
  readonly backfill: (request: object, requestId: string) => Promise<Backfill>;
  readonly close: () => Promise<void>;
}

/** @param env of the process, beside its home */
export async function openLeague(
  tracer: Tracer | undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<League> {
  const home = mkdtempSync(join(tmpdir(), 'fullcourt-observability-'));
  const lines: string[] = [];
  const client = openClient(readConfig({ ...env, FULLCOURT_HOME: home }), {
    log: logger('debug', (line) => void lines.push(line), { project: PROJECT }),
    ...(tracer === undefined ? {} : { tracer }),
  });
  const worker = await openWorker(client, 'test');
  if (worker === undefined) throw new Error('The home is in use');
  const files = [
    ...simulateLeague({ seasons: 1, seed: 3, firstSeason: 2021, teams: 6, gamesPerTeam: 20 }),
  ].flatMap(({ files }) => files);
  await archiveFiles(
    client,
    files.map(({ name, text }) => sourceFile(name, text)),
  );
  return {
    client,
    worker,
    lines,
    backfill: async (request, requestId) => {
      const body = { requestId, ...request };
      await client.bus.publish(BACKFILL_REQUEST_TOPIC, JSON.stringify(body));
      await worker.dispatcher.drain();
      const id = backfillIdOf({ requestId }, '');
      const found = await client.store.get<Backfill>(paths.backfill(id));
      if (found === undefined) throw new Error(`There is no backfill ${id}`);
      return found;
    },
    close: async () => {
      await worker.close();
      client.close();
      removeFolder(home);
    },
  };
}

/** Loads the raw tables: first which games there are. */
export async function importInto(league: League): Promise<void> {
  const raw = { season: SEASON, from: 'phase2', through: 'phase2', restate: 'mark' };
  await league.backfill({ ...raw, tables: ['nbac_schedule', 'nbac_game_results'] }, 'import-schedule');
  await league.backfill(raw, 'import-rest');
}

export function parsed(lines: readonly string[]): Line[] {
  return lines.map((line) => JSON.parse(line) as Line);
}
