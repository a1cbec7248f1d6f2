/** What is wrong with a corrected message that was set aside, before it is published again. */
import type * as z from 'zod';
import { BACKFILL_REQUEST_TOPIC, SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { tablesNamed } from '../../shared/domain/table-named.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import { decode } from '../../shared/messages/decode.ts';
import { backfillRequest, sweepRequested, type BackfillRequest } from '../../shared/messages/schemas.ts';
import { readBackfill } from '../../shared/state/backfills.ts';
import type { DeadLetterDocument } from '../../shared/state/documents.ts';
import { planRequest, type PlanningPorts } from './plan.ts';
import { asksForOther } from './request-content.ts';

/** The reason of a letter whose corrected message could be handled. */
export const NOTHING_WRONG = 'nothing is wrong with the corrected message; it is not published yet';

/** What a message of a topic must be; topics that are not named here carry messages of the pipeline itself. */
const SCHEMAS = new Map<string, z.ZodType>([
  [BACKFILL_REQUEST_TOPIC, backfillRequest],
  [SWEEP_TOPIC, sweepRequested.strict()],
]);

/** The schema of the messages of a topic that people may write; undefined for the pipeline's own. */
export function schemaOfTopic(topic: string): z.ZodType | undefined {
  return SCHEMAS.get(topic);
}

/**
 * The reason for which the message of a letter would be set aside if it were published now. Writes nothing.
 * @returns {@link NOTHING_WRONG} when it would be handled
 */
export async function faultOf(
  ports: PlanningPorts,
  { topic, body }: Pick<DeadLetterDocument, 'topic' | 'body'>,
): Promise<string> {
  if (topic === BACKFILL_REQUEST_TOPIC) {
    const request = decode(backfillRequest, body);
    return request.ok ? ((await faultOfRequest(ports, request.value)) ?? NOTHING_WRONG) : request.reason;
  }
  const schema = schemaOfTopic(topic);
  const decoded = schema === undefined ? undefined : decode(schema, body);
  return decoded?.ok === false ? decoded.reason : NOTHING_WRONG;
}

async function faultOfRequest(ports: PlanningPorts, request: BackfillRequest): Promise<string | undefined> {
  const known =
    request.requestId === undefined ? undefined : await readBackfill(ports, backfillIdOf(request, ''));
  if (known !== undefined && known.state !== 'refused') return asksForOther(ports, known, request);
  try {
    // An acceptance is written down before it is planned, so only its names are looked at.
    if (request.accept === undefined) await planRequest(ports, request);
    else tablesNamed(ports.registry, request.tables ?? []);
    return undefined;
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
}
