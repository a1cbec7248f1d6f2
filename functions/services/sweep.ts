/** The scheduled look at what was left behind. */
import { sweepRequested } from '../../shared/messages/schemas.ts';
import { decoded } from '../edge/decoded.ts';
import { sweep } from '../handlers/sweep.ts';
import { contextOfDelivery } from '../steps/message-context.ts';
import type { ServiceHandler } from './service.ts';

export const handler: ServiceHandler = (context) =>
  decoded(context, sweepRequested, (_, delivery) => contextOfDelivery(delivery), sweep);
