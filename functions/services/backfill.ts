/** The service for `BackfillRequest`: plans a backfill and starts it. */
import { backfillRequest } from '../../shared/messages/schemas.ts';
import { decoded } from '../edge/decoded.ts';
import { requestBackfill } from '../handlers/request-backfill.ts';
import { contextOfRequest, originOfRequest } from '../steps/message-context.ts';
import type { ServiceHandler } from './service.ts';

/** Handles requests; a backfill begins in the trace of its publisher, where the publisher names one. */
export const handler: ServiceHandler = (context) =>
  decoded(context, backfillRequest, contextOfRequest, (traced, request, delivery) =>
    requestBackfill(traced, request, delivery.messageId, originOfRequest(request, delivery)),
  );
