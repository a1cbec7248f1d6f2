/** A request to build dates: plans it and starts it. */
import { backfillRequest } from '../../shared/messages/schemas.ts';
import { decoded } from '../edge/decoded.ts';
import { requestBackfill } from '../handlers/request-backfill.ts';
import { contextOfRequest, originOfRequest } from '../steps/message-context.ts';
import type { ServiceHandler } from './service.ts';

export const handler: ServiceHandler = (context) =>
  decoded(context, backfillRequest, contextOfRequest, (traced, request, delivery) =>
    requestBackfill(traced, request, delivery.messageId, originOfRequest(request, delivery)),
  );
