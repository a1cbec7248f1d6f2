/** The outcome of one date of a run, as it is announced. */
import type { PublishedStatus } from '../../shared/domain/audit.ts';
import type { DateRequest } from '../../shared/domain/decide/action.ts';
import type { CompletedDate } from '../../shared/messages/schemas.ts';
import type { StagedDate } from '../../shared/ports/warehouse.ts';

/** A date that the audit has let through. Texts are cut to what a message holds. */
export function completedDate(
  request: DateRequest,
  found: StagedDate,
  verdict: { status: PublishedStatus; reason?: string; givenUp?: string },
): CompletedDate {
  return {
    date: request.date,
    status: verdict.status,
    inputFingerprint: request.inputFingerprint,
    rows: found.rows,
    expectedRows: found.expectedRows,
    games: found.games,
    expectedGames: found.expectedGames,
    readyRows: found.readyRows,
    syntheticRows: found.syntheticRows,
    outputFingerprint: found.fingerprint,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason.slice(0, 2000) }),
    ...(verdict.givenUp === undefined ? {} : { givenUp: verdict.givenUp.slice(0, 2000) }),
    ...(found.allLive === undefined ? {} : { allLive: found.allLive }),
    ...(found.gameHashes === undefined ? {} : { gameHashes: { ...found.gameHashes } }),
  };
}
