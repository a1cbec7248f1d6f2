/** What was written to Firestore can be read by Google's Python client, which knows nothing of this project. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { findGoogleEmulators, findPythonTool, isMissing } from '../../scripts/tools/find.ts';
import { firestoreStore, type FirestoreStore } from '../../shared/adapters/gcp/firestore-store.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { recordCompletion } from '../../shared/state/record-completion.ts';
import { requestRun } from '../../shared/state/request-run.ts';
import { paths, type CompletionDocument, type TableSeasonDocument } from '../../shared/state/documents.ts';
import { claimRun, completionOf, markFollowed, settleRun } from '../../shared/state/runs.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { makeWorld } from '../support/world.ts';

const clients = findPythonTool('clients');
const isReady = !isMissing(clients) && !isMissing(findGoogleEmulators());
const PROJECT = ownProject('strangers');
const DATES = ['2024-01-02', '2024-01-03'] as GameDate[];
const TABLES = ['team_offense_game_summary', 'player_game_summary'];

let host: string;
let store: FirestoreStore;

beforeAll(async () => {
  if (!isReady) return;
  host = await sharedEmulator('firestore');
  store = firestoreStore({
    project: PROJECT,
    database: '(default)',
    hosts: { firestore: host, pubsub: undefined, bigquery: undefined },
  });
  const ports: Ports = { ...makeWorld().context.ports, store };
  const registry = loadRegistry();
  for (const [i, table] of TABLES.entries()) {
    const asked = await requestRun(ports, registry, {
      table,
      dates: DATES.map((date) => ({ date, inputFingerprint: `in ${date}`, inputVersion: 0 })),
      mode: 'backfill',
      backfillId: null,
      through: 'phase3',
      correlationId: 'c1',
      causationId: null,
      want: null,
    });
    const claim = await claimRun(ports, asked?.runId ?? '', 'strangers', 600);
    if (claim.kind !== 'granted') throw new Error(claim.kind);
    const outcome = DATES.map((date) => ({
      date,
      status: 'success' as const,
      inputFingerprint: `in ${date}`,
      rows: 26 + i,
      expectedRows: 27,
      games: 13,
      expectedGames: 13,
      readyRows: 25,
      syntheticRows: 0,
      outputFingerprint: `out ${table} ${date}`,
    }));
    await settleRun(ports, claim.run, outcome);
    await recordCompletion(ports, registry, completionOf(ports, claim.run, outcome));
    if (i === 0) await markFollowed(ports, claim.run.runId);
  }
});
afterAll(async () => {
  if (!isReady) return;
  await store.close();
});

interface Read {
  readonly completion: CompletionDocument;
  readonly dates: readonly string[];
  readonly rows: number;
  readonly season: TableSeasonDocument;
  readonly settledRuns: number;
  readonly expiries: readonly string[];
}

async function readByAStranger(date: string): Promise<Read> {
  if (isMissing(clients)) throw new Error(clients.missing);
  const { stdout } = await promisify(execFile)(
    clients.python,
    [fileURLToPath(new URL('firestore.py', import.meta.url)), PROJECT, date],
    { env: { FIRESTORE_EMULATOR_HOST: host, PATH: process.env['PATH'] } },
  );
  return JSON.parse(stdout) as Read;
}

describe.skipIf(!isReady)("Google's Python client of Firestore", () => {
  it('reads the completion documents, the index and the runs as they were written', async () => {
    const [date] = DATES as [GameDate];
    const read = await readByAStranger(date);

    expect(read.completion).toEqual(await store.get(paths.completion('phase3', date)));
    expect(read.completion.tables['player_game_summary']).toMatchObject({
      status: 'success',
      revision: 1,
      rows: 27,
      expectedRows: 27,
      games: 13,
      readyPct: 92.59,
      outputFingerprint: `out player_game_summary ${date}`,
    });
    expect(read.season).toEqual(await store.get('table_seasons/player_game_summary_2023-24'));
    expect(read.dates).toEqual(DATES);
    expect(read.rows).toBe(2 * 26 + 2 * 27);
    expect(read.settledRuns).toBe(2);
  });

  it('sees when a run that is over and done with expires, which no reader of this project does', async () => {
    const [date] = DATES as [GameDate];
    const [run] = (await store.list('runs')).filter(({ data }) => data['followed'] === true);
    const finished = new Date(String(run?.data['finishedAt']));
    const { expiries } = await readByAStranger(date);

    expect(expiries).toHaveLength(1);
    expect(new Date(expiries[0] ?? '').getTime() - finished.getTime()).toBe(400 * 86_400_000);
    expect(Object.keys(run?.data ?? {})).not.toContain('expireAt');
  });
});
