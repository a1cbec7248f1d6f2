/** The service for `RunCompleted`: records what became of a run, and asks for the runs that follow from it. */
import { runCompleted } from '../../shared/messages/schemas.ts';
import { decoded } from '../edge/decoded.ts';
import { orchestrate } from '../handlers/orchestrate.ts';
import { contextOfRun } from '../steps/message-context.ts';
import type { ServiceHandler } from './service.ts';

/** Handles announcements of settled runs, in the trace of the run. */
export const handler: ServiceHandler = (context) => decoded(context, runCompleted, contextOfRun, orchestrate);
