/** The service for `SweepRequested`: the scheduled search for runs and partitions that were left behind. */
import { sweepRequested } from '../../shared/messages/schemas.ts';
import { decoded } from '../edge/decoded.ts';
import { sweep } from '../handlers/sweep.ts';
import { contextOfDelivery } from '../steps/message-context.ts';
import type { ServiceHandler } from './service.ts';

/** Handles sweeps, each in a trace of its own unless the publisher names one. */
export const handler: ServiceHandler = (context) =>
  decoded(context, sweepRequested, (_, delivery) => contextOfDelivery(delivery), sweep);
