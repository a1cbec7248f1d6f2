/** A run of one table for some dates: builds them. */
import { runRequested } from '../../shared/messages/schemas.ts';
import { decoded } from '../edge/decoded.ts';
import { runProcessor } from '../handlers/run-processor.ts';
import { contextOfRun } from '../steps/message-context.ts';
import type { ServiceHandler } from './service.ts';

export const handler: ServiceHandler = (context) =>
  decoded(context, runRequested, contextOfRun, runProcessor);
