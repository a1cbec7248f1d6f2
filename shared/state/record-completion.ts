/** Records what became of a run in the completion documents of its dates. */
import type { Change } from '../domain/decide/followers.ts';
import { partitionToken } from '../domain/fencing.ts';
import type { GameDate } from '../domain/game-date.ts';
import { isInFlight, isSettled, type PartitionState } from '../domain/partition.ts';
import { SHRUNK_SOURCE } from '../domain/leaving.ts';
import type { Registry } from '../domain/registry.ts';
import type { GameHashes } from '../domain/view.ts';
import type { CompletedDate, RunCompleted } from '../messages/schemas.ts';
import type { Ports } from '../ports/index.ts';
import { noteFailure } from './backfill-failures.ts';
import { chunksOf, readCompletions, writeStates } from './completions.ts';
import { mergeGameHashes } from './game-hashes.ts';
import { gameTables } from './views.ts';

/**
 * Records what became of a run. For a run of a backfill, the failed dates are noted with the backfill too. A date is left
 * alone when a newer run has been asked for it in the meantime. Recording the same message twice changes nothing more.
 * @returns `changes`: partitions that the run has settled, from which other runs may follow; `superseded`: the dates that
 * were left alone
 */
export async function recordCompletion(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  message: RunCompleted,
): Promise<{ readonly changes: Change[]; readonly superseded: GameDate[] }> {
  const table = registry.get(message.table);
  const results = new Map(message.dates.map((result) => [result.date, result]));
  const want =
    message.mode === 'live' ? { through: message.through, correlationId: message.correlationId } : null;
  const keepsHashes = gameTables(registry).includes(message.table);
  const changes: Change[] = [];
  const superseded: GameDate[] = [];
  for (const chunk of chunksOf(message.dates.map(({ date }) => date))) {
    const now = ports.clock().toISOString();
    const done = await ports.store.transaction(async (tx) => {
      const changed: Change[] = [];
      const old: GameDate[] = [];
      const hashes = new Map<GameDate, GameHashes>();
      writeStates(tx, await readCompletions(tx, table, chunk), now, (state, date) => {
        const result = results.get(date);
        if (result === undefined || state.runId !== message.runId) {
          old.push(date);
          return undefined;
        }
        if (!isInFlight(state)) {
          // The message was recorded before. Its first handling may have ended halfway, so its changes are given again.
          if (isSettled(state)) changed.push({ table: message.table, date, want });
          return undefined;
        }
        const next = afterRun(state, result, message);
        if (isSettled(next)) changed.push({ table: message.table, date, want });
        else if (message.backfillId !== null)
          noteFailure(
            tx,
            message.backfillId,
            { table: message.table, date },
            { reason: next.reason ?? 'failed', isBlocked: false },
          );
        if (keepsHashes && result.gameHashes !== undefined) hashes.set(date, result.gameHashes);
        return next;
      });
      mergeGameHashes(tx, message.table, hashes);
      return { changed, old };
    });
    changes.push(...done.changed);
    superseded.push(...done.old);
  }
  return { changes, superseded };
}

function afterRun(
  state: PartitionState,
  result: CompletedDate,
  { correlationId, token }: Pick<RunCompleted, 'correlationId' | 'token'>,
): PartitionState {
  // A want that another live cascade has left while the run was under way is still to be met.
  const want = state.want?.correlationId === correlationId ? null : state.want;
  // A run whose table carried newer rows than the documents knew has raised its token.
  const {
    accepted,
    givenUp: _,
    allLive,
    ...rest
  } = { ...state, token: Math.max(state.token, partitionToken(token)) };
  if (result.status === 'failed') {
    const holds = accepted !== undefined && accepted.input === result.inputFingerprint;
    // What is published stays, and so does that it was made before the games.
    const sealed = allLive === undefined ? {} : { allLive };
    const failed = { ...rest, ...sealed, status: 'failed', reason: result.reason ?? 'failed', want } as const;
    return holds ? { ...failed, accepted } : failed;
  }
  const facts = {
    ...rest,
    revision: state.outputFingerprint === result.outputFingerprint ? state.revision : state.revision + 1,
    rows: result.rows,
    expectedRows: result.expectedRows,
    games: result.games,
    expectedGames: result.expectedGames,
    readyRows: result.readyRows,
    syntheticRows: result.syntheticRows,
    inputFingerprint: result.inputFingerprint,
    outputFingerprint: result.outputFingerprint,
    stale: null,
    want,
    reason: result.reason ?? null,
    ...(result.givenUp === undefined ? {} : { givenUp: result.givenUp }),
    ...(result.allLive === undefined ? {} : { allLive: result.allLive }),
  };
  return result.status === 'blocked'
    ? { ...facts, status: 'blocked', reason: result.reason ?? SHRUNK_SOURCE }
    : { ...facts, status: result.status };
}
