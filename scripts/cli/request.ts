/** Reads a `BackfillRequest` from the flags of `backfill` and `plan`. */
import { readFileSync } from 'node:fs';
import { RequestError } from '../../shared/domain/failure.ts';
import { decode } from '../../shared/messages/decode.ts';
import { backfillRequest, type BackfillRequest } from '../../shared/messages/schemas.ts';
import type { RequestFlags } from './request-flags.ts';

/** @throws RequestError saying which flag is wrong and what it must be */
export function requestOf(flags: RequestFlags): BackfillRequest {
  if (flags.skipPreflight === true && flags.reason === undefined)
    throw new RequestError('--skip-preflight needs --reason TEXT');
  if (flags.maxInFlight !== undefined && !/^\d+$/.test(flags.maxInFlight))
    throw new RequestError('--max-in-flight must be a whole number');
  const fields = {
    startDate: flags.start,
    endDate: flags.end,
    dates: flags.dates === undefined ? undefined : datesOf(flags.dates),
    season: flags.season,
    from: flags.from,
    through: flags.through,
    tables: flags.tables?.split(',').map((name) => name.trim()),
    only: flags.only,
    restate: flags.restate,
    force: flags.force,
    maxInFlight: flags.maxInFlight === undefined ? undefined : Number(flags.maxInFlight),
    skipPreflight: flags.skipPreflight === true ? { reason: flags.reason } : undefined,
  };
  const request = decode(backfillRequest, JSON.stringify(fields));
  if (!request.ok) throw new RequestError(request.reason);
  return request.value;
}

function datesOf(text: string): string[] {
  if (!text.startsWith('@')) return text.split(',').map((date) => date.trim());
  try {
    return readFileSync(text.slice(1), 'utf8')
      .split(/[\s,]+/)
      .filter((date) => date !== '');
  } catch (error) {
    throw new RequestError(
      `${text.slice(1)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
