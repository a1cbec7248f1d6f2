/** The service for `RunRequested`: builds some dates of one table. */
import { runRequested } from '../../shared/messages/schemas.ts';
import { decoded } from '../edge/decoded.ts';
import { runProcessor } from '../handlers/run-processor.ts';
import { contextOfRun } from '../steps/message-context.ts';
import type { ServiceHandler } from './service.ts';

/** Handles requests of runs, in the trace of the run. */
export const handler: ServiceHandler = (context) =>
  decoded(context, runRequested, contextOfRun, runProcessor);
